<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** A real PHP-FPM, mostly with one pool, asked over FastCGI. */
final class Fpm
{
    public readonly string $directory;
    private readonly TemporaryDirectory $temporary;
    /** Where pages can make files: `state` in the site. */
    private readonly TemporaryDirectory $state;
    /** @var resource */
    private $process;

    /**
     * @param string                $socket   the daemon's, for the pool's environment; '' for none
     * @param array<string, string> $settings more lines of the pool
     * @param array<string, string> $second   what another pool of this PHP-FPM has instead of these lines; [] for none
     * @param string|null           $ini      what is in php.ini; null for the system's
     * @param bool                  $patient  whether workers may end their requests when PHP-FPM is reloaded
     */
    public function __construct(
        string $socket,
        int $workers = 4,
        array $settings = [],
        array $second = [],
        ?string $ini = null,
        bool $patient = false,
    ) {
        $this->temporary = new TemporaryDirectory();
        $this->directory = $this->temporary->path;
        DropIn::copyTo("$this->directory/php-client");
        // In memory: a page that notes when it lives must not wait for a disk.
        $this->state = new TemporaryDirectory('/dev/shm');
        chmod($this->state->path, 0777);
        symlink($this->state->path, "$this->directory/state");
        $settings += ($socket === '' ? [] : ['env[CLOAKROOM_SOCKET]' => "\"$socket\""]) + [
            'user' => 'www-data',
            'group' => 'www-data',
            'listen' => "$this->directory/fpm.sock",
            'pm' => 'static',
            'pm.max_children' => (string) $workers,
            'php_value[auto_prepend_file]' => "$this->directory/php-client/prepend.php",
            'php_flag[session.upload_progress.enabled]' => 'off',
            'php_flag[display_errors]' => 'on',
            'php_flag[html_errors]' => 'off',
            'php_value[error_reporting]' => '-1',
            'catch_workers_output' => 'yes',
        ];
        $pools = ['site' => $settings];
        if ($second !== []) {
            $pools['second'] = $second + ['listen' => "$this->directory/second.sock"] + $settings;
        }
        $lines = "[global]\ndaemonize = no\nerror_log = $this->directory/fpm.log\n"
            . ($patient ? "pid = $this->directory/fpm.pid\nprocess_control_timeout = 30\n" : '');
        foreach ($pools as $pool => $settings) {
            $lines .= "[$pool]\n";
            foreach ($settings as $name => $value) {
                $lines .= "$name = $value\n";
            }
        }
        file_put_contents("$this->directory/fpm.conf", $lines);
        $options = [];
        if ($ini !== null) {
            file_put_contents("$this->directory/php.ini", $ini);
            $options = ['-c', "$this->directory/php.ini"];
        }
        $log = ['file', "$this->directory/fpm.out", 'w'];
        $process = proc_open(
            [Tool::fpm(), '-R', '-F', '-y', "$this->directory/fpm.conf", ...$options],
            [['file', '/dev/null', 'r'], $log, $log],
            $pipes,
            $this->directory,
            ['PATH' => (string) getenv('PATH')],
        );
        if ($process === false) {
            throw new \RuntimeException('cannot start PHP-FPM');
        }
        $this->process = $process;
        Wait::until(
            fn (): bool => str_contains($this->log(), 'ready to handle connections'),
            'PHP-FPM is not ready: ' . $this->log(),
        );
    }

    /**
     * Changes lines of the first pool, and reloads PHP-FPM as systemd does: workers end their requests, and requests that come meanwhile wait.
     *
     * @param array<string, string> $old what goes
     * @param array<string, string> $new what comes in its place
     */
    public function change(array $old, array $new): void
    {
        $lines = static fn (array $settings): string => implode('', array_map(
            static fn (string $name, string $value): string => "$name = $value\n",
            array_keys($settings),
            $settings,
        ));
        $text = (string) file_get_contents("$this->directory/fpm.conf");
        foreach ($old as $name => $value) {
            $text = str_replace($lines([$name => $value]), '', $text);
        }
        file_put_contents("$this->directory/fpm.conf", $text . $lines($new));
        $before = substr_count($this->log(), 'ready to handle connections');
        posix_kill(proc_get_status($this->process)['pid'], SIGUSR2);
        Wait::until(
            fn (): bool => substr_count($this->log(), 'ready to handle connections') > $before,
            'PHP-FPM is not reloaded: ' . $this->log(),
            30,
        );
    }

    /** Puts a page into the site. */
    public function page(string $name, string $script): void
    {
        file_put_contents("$this->directory/$name", "<?php\n$script");
    }

    /** Waits until a page has made a file in its folder `state`. */
    public function awaitFile(string $name): void
    {
        Wait::until(fn (): bool => file_exists("$this->directory/state/$name"), "no page has made $name");
    }

    /** Makes a file in the folder `state`, for a page that waits for it. */
    public function makeFile(string $name): void
    {
        touch("$this->directory/state/$name");
    }

    /**
     * Sends a request, and returns what reads its answer.
     *
     * @param array<string, string> $parameters of FastCGI
     * @param string                $socket     the pool's
     */
    public function send(
        string $page,
        string $query = '',
        string $cookie = '',
        array $parameters = [],
        string $body = '',
        string $socket = 'fpm.sock',
    ): FpmRequest {
        return new FpmRequest("$this->directory/$socket", $parameters + [
            'GATEWAY_INTERFACE' => 'CGI/1.1',
            'SERVER_PROTOCOL' => 'HTTP/1.1',
            'REQUEST_METHOD' => 'GET',
            'SCRIPT_FILENAME' => "$this->directory/$page",
            'SCRIPT_NAME' => "/$page",
            'QUERY_STRING' => $query,
            'HTTP_COOKIE' => $cookie === '' ? '' : "PHPSESSID=$cookie",
        ], $body);
    }

    /** Sends a request and returns its answer. */
    public function get(string $page, string $query = '', string $cookie = ''): FpmAnswer
    {
        return $this->send($page, $query, $cookie)->answer();
    }

    public function log(): string
    {
        return @file_get_contents("$this->directory/fpm.log") . @file_get_contents("$this->directory/fpm.out");
    }

    public function remove(): void
    {
        posix_kill(proc_get_status($this->process)['pid'], SIGTERM);
        Wait::until(fn (): bool => !proc_get_status($this->process)['running'], 'PHP-FPM does not end');
        proc_close($this->process);
        $log = $this->log();
        $this->state->remove();
        $this->temporary->remove();
        Secrets::expectNoneIn($log, "PHP-FPM's log");
    }
}
