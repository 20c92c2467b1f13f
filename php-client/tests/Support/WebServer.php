<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** A real web server before a gate and a PHP-FPM, with the configuration that is shipped for it and its example of a site. */
abstract class WebServer
{
    public readonly int $port;
    protected readonly TemporaryDirectory $directory;
    /** @var resource|null */
    private $process = null;

    public function __construct(protected readonly Gate $gate, protected readonly Fpm $fpm)
    {
        $this->directory = new TemporaryDirectory();
        $this->port = FreePort::take();
        $this->writeFiles();
        try {
            $this->checkSyntax();
            $this->start();
        } catch (\Throwable $throwable) {
            $this->remove();
            throw $throwable;
        }
    }

    public function log(): string
    {
        return @file_get_contents($this->path('log')) . @file_get_contents($this->path('out'));
    }

    public function remove(): void
    {
        if ($this->isRunning()) {
            posix_kill(proc_get_status($this->process)['pid'], SIGTERM);
            Wait::until(fn (): bool => !$this->isRunning(), 'the web server does not end');
        }
        if ($this->process !== null) {
            proc_close($this->process);
        }
        $this->directory->remove();
    }

    /** Writes the main file, and with it everything that it includes. */
    abstract protected function writeFiles(): void;

    /** @return list<string> the server's own check of the files */
    abstract protected function checkCommand(): array;

    /** @return list<string> */
    abstract protected function command(): array;

    /**
     * Copies a shipped file, with other words for what depends on the machine, each of which has to be in it.
     *
     * @param array<string, string> $changes
     */
    protected function ship(string $name, string $target, array $changes = []): void
    {
        $text = (string) file_get_contents(\dirname(__DIR__, 3) . "/conf/$name");
        foreach ($changes as $old => $new) {
            if (!str_contains($text, $old)) {
                throw new \RuntimeException("\"$old\" is not in conf/$name");
            }
            $text = str_replace($old, $new, $text);
        }
        $this->write($target, $text);
    }

    protected function write(string $name, string $text): void
    {
        file_put_contents($this->path($name), $text);
    }

    protected function path(string $name): string
    {
        return $this->directory->path . '/' . $name;
    }

    private function checkSyntax(): void
    {
        $process = proc_open(
            $this->checkCommand(),
            [['file', '/dev/null', 'r'], ['pipe', 'w'], ['redirect', 1]],
            $pipes,
            '/',
        );
        $output = (string) stream_get_contents($pipes[1]);
        if (proc_close($process) !== 0) {
            throw new \RuntimeException("the configuration is refused:\n$output");
        }
        if (preg_match('/warn|deprecat|duplicate/i', $output) === 1) {
            throw new \RuntimeException("the configuration is not liked:\n$output");
        }
    }

    private function start(): void
    {
        $out = ['file', $this->path('out'), 'w'];
        $process = proc_open($this->command(), [['file', '/dev/null', 'r'], $out, $out], $pipes, '/');
        if ($process === false) {
            throw new \RuntimeException('cannot start the web server');
        }
        $this->process = $process;
        Wait::until(fn (): bool => $this->answers() || !$this->isRunning(), 'the web server is not ready');
        if (!$this->isRunning()) {
            throw new \RuntimeException("the web server ended at once:\n" . $this->log());
        }
    }

    private function answers(): bool
    {
        $stream = @stream_socket_client("tcp://127.0.0.1:$this->port", timeout: 1);
        if ($stream !== false) {
            fclose($stream);
        }

        return $stream !== false;
    }

    private function isRunning(): bool
    {
        return $this->process !== null && proc_get_status($this->process)['running'];
    }
}
