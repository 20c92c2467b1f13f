<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** Runs scripts in PHP processes of their own, with PHP's own defaults and the drop-in. */
final class Php
{
    public const PREPEND = __DIR__ . '/../../prepend.php';
    private const SETTINGS = [
        'display_errors' => 'stderr',
        'html_errors' => '0',
        'error_reporting' => '-1',
        'log_errors' => '0',
        'session.use_cookies' => '0',
        'session.cache_limiter' => '',
        'session.gc_probability' => '0',
        'auto_prepend_file' => self::PREPEND,
    ];

    /** @var resource */
    private $process;
    /** @var array<int, resource> */
    private array $pipes = [];
    private readonly string $errors;
    private readonly int $started;

    /**
     * @param string                $script      PHP, without the opening tag
     * @param array<string, string> $environment
     * @param array<string, string|list<string>> $settings
     * @param list<string>          $wrapper     a command to run PHP with, such as setpriv
     */
    public function __construct(
        string $directory,
        string $script,
        array $environment = [],
        array $settings = [],
        array $wrapper = [],
    ) {
        $file = tempnam($directory, 'php');
        file_put_contents($file, "<?php\n" . $script);
        chmod($file, 0644);
        $this->errors = "$file.errors";
        $command = [...$wrapper, PHP_BINARY, '-n'];
        foreach ($settings + self::SETTINGS as $name => $value) {
            foreach ((array) $value as $one) {
                array_push($command, '-d', "$name=\"$one\"");
            }
        }
        $this->started = hrtime(true);
        $process = proc_open(
            [...$command, $file],
            [['pipe', 'r'], ['pipe', 'w'], ['file', $this->errors, 'w']],
            $this->pipes,
            $directory,
            $environment + ['PATH' => (string) getenv('PATH')],
        );
        if ($process === false) {
            throw new \RuntimeException('cannot start ' . PHP_BINARY);
        }
        $this->process = $process;
    }

    /** Waits for a line that the script prints. */
    public function line(): string
    {
        return trim((string) fgets($this->pipes[1]));
    }

    /** Lets a script go on that waits in `fgets(STDIN)`. */
    public function proceed(): void
    {
        fwrite($this->pipes[0], "go\n");
    }

    public function signal(int $signal): void
    {
        posix_kill(proc_get_status($this->process)['pid'], $signal);
    }

    public function finish(): Outcome
    {
        fclose($this->pipes[0]);
        $output = (string) stream_get_contents($this->pipes[1]);
        fclose($this->pipes[1]);
        $status = proc_close($this->process);

        return new Outcome(
            $output,
            (string) file_get_contents($this->errors),
            $status,
            (hrtime(true) - $this->started) / 1e9,
        );
    }
}
