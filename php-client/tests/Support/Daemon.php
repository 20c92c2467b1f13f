<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** A real cloakroomd with a key, a state directory and a socket of its own. */
final class Daemon
{
    public readonly string $socket;
    private readonly TemporaryDirectory $directory;
    /** @var resource|null */
    private $process = null;
    private int $aliases = 0;

    /** @param string $configuration TOML */
    public function __construct(private readonly string $configuration = '')
    {
        $this->directory = new TemporaryDirectory();
        $this->socket = $this->directory->path . '/php.sock';
        touch($this->path('key'));
        chmod($this->path('key'), 0600);
        file_put_contents($this->path('key'), base64_encode(random_bytes(32)));
        file_put_contents($this->path('cloakroom.toml'), $this->configuration);
        try {
            $this->start();
        } catch (\Throwable $throwable) {
            $this->directory->remove();
            throw $throwable;
        }
    }

    public function start(): void
    {
        $command = [
            Tool::daemon(),
            '--config', $this->path('cloakroom.toml'),
            '--key-file', $this->path('key'),
            '--state-dir', $this->path('state'),
            '--socket', $this->socket,
        ];
        $log = ['file', $this->path('log'), 'a'];
        $process = proc_open($command, [['file', '/dev/null', 'r'], $log, $log], $pipes);
        if ($process === false) {
            throw new \RuntimeException('cannot start ' . $command[0]);
        }
        $this->process = $process;
        Wait::until(fn (): bool => $this->answers() || !$this->isRunning(), "no answer at $this->socket");
        if (!$this->isRunning()) {
            throw new \RuntimeException("cloakroomd ended at once:\n" . $this->log());
        }
        // Anybody may connect: it is the daemon's list of users that refuses.
        chmod($this->socket, 0666);
    }

    /** Stops the daemon as systemd does. */
    public function stop(int $signal = SIGTERM): void
    {
        if ($this->process === null) {
            return;
        }
        posix_kill(proc_get_status($this->process)['pid'], $signal);
        Wait::until(fn (): bool => !$this->isRunning(), "cloakroomd does not end:\n" . $this->log());
        proc_close($this->process);
        $this->process = null;
    }

    public function restart(): void
    {
        $this->stop();
        $this->start();
    }

    /** Stops or continues the daemon's process: to a client it hangs meanwhile. */
    public function signal(int $signal): void
    {
        posix_kill(proc_get_status($this->process)['pid'], $signal);
    }

    public function remove(): void
    {
        $this->stop();
        $this->directory->remove();
    }

    public function log(): string
    {
        return (string) file_get_contents($this->path('log'));
    }

    public function path(string $name): string
    {
        return $this->directory->path . '/' . $name;
    }

    /** Another path to the socket: a process has one persistent connection for each. */
    public function alias(): string
    {
        $alias = $this->path('alias' . ++$this->aliases . '.sock');
        symlink($this->socket, $alias);

        return $alias;
    }

    private function answers(): bool
    {
        $stream = @stream_socket_client('unix://' . $this->socket, timeout: 1);
        if ($stream !== false) {
            fclose($stream);
        }

        return $stream !== false;
    }

    private function isRunning(): bool
    {
        return proc_get_status($this->process)['running'];
    }
}
