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
    /** @var resource|null */
    private $listener = null;
    private int $aliases = 0;
    private int $advance = 0;

    /**
     * @param string $configuration TOML
     * @param bool   $activated     whether the socket is made here and passed on, as systemd does, so that it outlives
     *                              the daemon
     * @param bool   $movable       whether the daemon is to go by a clock that advance() moves
     */
    public function __construct(
        private readonly string $configuration = '',
        bool $activated = false,
        private readonly bool $movable = false,
    ) {
        $this->directory = new TemporaryDirectory();
        $this->socket = $this->directory->path . '/php.sock';
        if ($activated) {
            $context = stream_context_create(['socket' => ['backlog' => 4096]]);
            $flags = STREAM_SERVER_BIND | STREAM_SERVER_LISTEN;
            $this->listener = stream_socket_server("unix://$this->socket", $errno, $error, $flags, $context);
        }
        touch($this->path('key'));
        chmod($this->path('key'), 0600);
        file_put_contents($this->path('key'), base64_encode(random_bytes(32)));
        file_put_contents($this->path('cloakroom.toml'), $this->configuration);
        $this->advance(0);
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
        ];
        if ($this->movable) {
            $library = 'LD_PRELOAD=' . Tool::testClock();
            $command = ['/usr/bin/env', $library, 'CLOAKROOM_TEST_CLOCK=' . $this->path('clock'), ...$command];
        }
        $log = ['file', $this->path('log'), 'a'];
        $descriptors = [['file', '/dev/null', 'r'], $log, $log];
        if ($this->listener === null) {
            array_push($command, '--socket', $this->socket);
        } else {
            // sd_listen_fds(3)
            $variables = 'LISTEN_FDS=1 LISTEN_FDNAMES=php LISTEN_PID=$$';
            $command = ['/bin/sh', '-c', "$variables exec \"\$@\"", 'sh', ...$command];
            $descriptors[3] = $this->listener;
        }
        $process = proc_open($command, $descriptors, $pipes);
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
        if ($signal === SIGKILL && $this->listener === null) {
            @unlink($this->socket);
        }
    }

    public function restart(): void
    {
        $this->stop();
        $this->start();
    }

    /** Kills the daemon and starts it again: it does not wait for those who hold a lock. */
    public function crash(): void
    {
        $this->stop(SIGKILL);
        $this->start();
    }

    /** Lets time pass for a daemon with a movable clock. */
    public function advance(int $seconds): void
    {
        $this->advance += $seconds;
        // The wall clock and what has elapsed, in one write and in place, as the daemon has the file mapped.
        $file = fopen($this->path('clock'), 'c');
        fwrite($file, pack('q2', $this->advance, $this->advance));
        fclose($file);
    }

    /** Stops or continues the daemon's process: to a client it hangs meanwhile. */
    public function signal(int $signal): void
    {
        posix_kill(proc_get_status($this->process)['pid'], $signal);
    }

    /** Stops the daemon's process, and waits until none of its threads runs any more. */
    public function pause(): void
    {
        $this->signal(SIGSTOP);
        $pid = proc_get_status($this->process)['pid'];
        Wait::until(static function () use ($pid): bool {
            foreach (glob("/proc/$pid/task/*/status") ?: [] as $file) {
                if (!str_contains((string) @file_get_contents($file), "State:\tT")) {
                    return false;
                }
            }

            return true;
        }, 'cloakroomd does not stop');
    }

    /** Waits until a process waits for a session. */
    public function awaitWaiter(int $pid): void
    {
        Wait::forAnswer($pid);
        Wait::until(fn (): bool => \in_array($pid, $this->waiting(), true), "process $pid does not wait for a session");
    }

    /**
     * The processes that wait for the session for which most do, in the order in which they will be served. The daemon
     * says so at most twenty times in ten seconds.
     *
     * @return list<int>
     */
    public function waiting(): array
    {
        $before = \strlen($this->log());
        $asked = 0;
        $queues = null;
        Wait::until(function () use ($before, &$asked, &$queues): bool {
            if (hrtime(true) - $asked > 1e9) {
                $asked = hrtime(true);
                $this->signal(SIGUSR1);
            }
            $queues = self::queues(substr($this->log(), $before));

            return $queues !== null;
        }, 'the daemon does not report its locks', 30);
        usort($queues, fn (array $a, array $b): int => \count($b) <=> \count($a));

        return $queues[0] ?? [];
    }

    /** @return list<list<int>>|null the processes that wait for each session; null when the report is not complete */
    private static function queues(string $log): ?array
    {
        preg_match_all('/^<5>lock \d+ .*waiting=(.*)\n/m', $log, $locks);
        if (preg_match('/^<5>locks held=(\d+)/m', $log, $match) !== 1 || \count($locks[1]) < (int) $match[1]) {
            return null;
        }

        return array_map(function (string $queue): array {
            preg_match_all('/process (\d+)/', $queue, $pids);

            return array_map('intval', $pids[1]);
        }, $locks[1]);
    }

    /** Runs cloakroomctl, which has to succeed, and returns the JSON of each line that it prints. */
    public function control(string ...$arguments): array
    {
        $command = [Tool::control(), ...$arguments, '--json', '--socket', $this->path('admin.sock')];
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes);
        if ($process === false) {
            throw new \RuntimeException('cannot start ' . $command[0]);
        }
        $output = (string) stream_get_contents($pipes[1]);
        $errors = (string) stream_get_contents($pipes[2]);
        if (proc_close($process) !== 0) {
            throw new \RuntimeException("cloakroomctl failed: $errors");
        }

        return array_map(
            static fn (string $line): array => json_decode($line, true, flags: JSON_THROW_ON_ERROR),
            $output === '' ? [] : explode("\n", trim($output)),
        );
    }

    public function remove(): void
    {
        $this->stop();
        $log = $this->log();
        $this->directory->remove();
        Secrets::expectNoneIn($log, "cloakroomd's log");
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
