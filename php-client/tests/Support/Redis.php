<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** A real redis-server on a Unix socket, with a password. */
final class Redis
{
    public const PASSWORD = 'p@ss word';

    public readonly string $socket;
    /** @var resource */
    private $process;
    /** @var resource */
    private $stream;

    public function __construct(string $directory)
    {
        $this->socket = "$directory/redis.sock";
        $log = ['file', "$directory/redis.log", 'a'];
        $process = proc_open(
            [
                Tool::redisServer(), '--port', '0', '--unixsocket', $this->socket, '--save', '', '--appendonly', 'no',
                '--dir', $directory, '--requirepass', self::PASSWORD,
            ],
            [['file', '/dev/null', 'r'], $log, $log],
            $pipes,
        );
        if ($process === false) {
            throw new \RuntimeException('cannot start redis-server');
        }
        $this->process = $process;
        Wait::until(function (): bool {
            $stream = @stream_socket_client("unix://$this->socket");
            if ($stream !== false) {
                $this->stream = $stream;
            }

            return $stream !== false;
        }, "no answer at $this->socket");
        $this->ask('AUTH', self::PASSWORD);
    }

    public function stop(): void
    {
        posix_kill(proc_get_status($this->process)['pid'], SIGTERM);
        Wait::until(fn (): bool => !proc_get_status($this->process)['running'], 'redis-server does not end');
        proc_close($this->process);
    }

    /** The settings by which phpredis keeps sessions here. */
    public function settings(string $more = ''): array
    {
        return [
            // Debian's build of the second needs the first.
            'extension' => ['igbinary', 'redis'],
            'auto_prepend_file' => '',
            'session.save_handler' => 'redis',
            'session.save_path' => "unix://$this->socket?auth[]=" . rawurlencode(self::PASSWORD) . $more,
            'session.use_strict_mode' => '0',
            'session.gc_maxlifetime' => '14400',
            'memory_limit' => '-1',
        ];
    }

    /** What Redis answers to a command; a list is the list of its strings (Redis manual, "Protocol specification"). */
    public function ask(string ...$command): string|int|array|null
    {
        $text = '*' . \count($command) . "\r\n";
        foreach ($command as $word) {
            $text .= '$' . \strlen($word) . "\r\n$word\r\n";
        }
        fwrite($this->stream, $text);

        return $this->reply();
    }

    /** @return list<string> */
    public function keys(): array
    {
        $keys = $this->ask('KEYS', '*');
        sort($keys);

        return $keys;
    }

    private function reply(): string|int|array|null
    {
        $line = rtrim((string) fgets($this->stream), "\r\n");
        $rest = substr($line, 1);
        switch ($line[0] ?? '') {
            case '+':
                return $rest;
            case ':':
                return (int) $rest;
            case '$':
                return $rest === '-1' ? null : substr((string) stream_get_contents($this->stream, (int) $rest + 2), 0, -2);
            case '*':
                return array_map(fn (): string|int|array|null => $this->reply(), $rest > 0 ? range(1, (int) $rest) : []);
            default:
                throw new \RuntimeException("Redis says: $line");
        }
    }
}
