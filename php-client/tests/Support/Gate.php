<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** A real cloakroom-fcgi between a web server and a daemon, at a Unix socket and at a port of this machine. */
final class Gate
{
    public readonly string $socket;
    /** "127.0.0.1:PORT" */
    public readonly string $address;
    private readonly TemporaryDirectory $directory;
    /** @var resource|null */
    private $process = null;

    public function __construct(private readonly Daemon $daemon)
    {
        $this->directory = new TemporaryDirectory();
        $this->socket = $this->directory->path . '/fcgi.sock';
        $this->address = '127.0.0.1:' . FreePort::take();
        try {
            $this->start();
        } catch (\Throwable $throwable) {
            $this->directory->remove();
            throw $throwable;
        }
    }

    public function start(): void
    {
        $log = ['file', $this->directory->path . '/log', 'a'];
        $process = proc_open([
            Tool::gate(),
            '--socket', $this->socket,
            '--socket-mode', '0666',
            '--listen', $this->address,
            '--daemon', $this->daemon->path('gate.sock'),
            '--timeout', '1',
        ], [['file', '/dev/null', 'r'], $log, $log], $pipes);
        if ($process === false) {
            throw new \RuntimeException('cannot start cloakroom-fcgi');
        }
        $this->process = $process;
        Wait::until(fn (): bool => $this->answers() || !$this->isRunning(), "no answer at $this->socket");
        if (!$this->isRunning()) {
            throw new \RuntimeException("cloakroom-fcgi ended at once:\n" . $this->log());
        }
    }

    public function stop(int $signal = SIGTERM): void
    {
        if ($this->process === null) {
            return;
        }
        posix_kill(proc_get_status($this->process)['pid'], $signal);
        Wait::until(fn (): bool => !$this->isRunning(), "cloakroom-fcgi does not end:\n" . $this->log());
        proc_close($this->process);
        $this->process = null;
        @unlink($this->socket);
    }

    public function remove(): void
    {
        $this->stop();
        $log = $this->log();
        $this->directory->remove();
        Secrets::expectNoneIn($log, "cloakroom-fcgi's log");
    }

    public function log(): string
    {
        return (string) @file_get_contents($this->directory->path . '/log');
    }

    private function answers(): bool
    {
        foreach (["unix://$this->socket", "tcp://$this->address"] as $address) {
            $stream = @stream_socket_client($address, timeout: 1);
            if ($stream === false) {
                return false;
            }
            fclose($stream);
        }

        return true;
    }

    private function isRunning(): bool
    {
        return $this->process !== null && proc_get_status($this->process)['running'];
    }
}
