<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/**
 * A socket to the daemon, which PHP keeps from one request to the next, and how long to wait for what comes from it.
 *
 * @internal for Connection
 */
final class Stream
{
    private const CONNECT_SECONDS = 5;
    /** Seconds to wait for an answer, besides the time that the daemon may wait for a lock. */
    private const ANSWER_SECONDS = 5;
    /** sun_path in unix(7) has 108 bytes, the last of which is NUL; PHP cuts a longer path and connects elsewhere. */
    private const MAX_PATH = 107;
    private const EAGAIN = 11;
    private const NEXT_READ = 262144;

    /** Seconds to wait for bytes, as set on the socket. */
    private int $limit = self::ANSWER_SECONDS;
    /** The process that opened the last one. */
    private static int $latestOwner = 0;

    /**
     * @param resource $socket
     * @param int      $owner  the process that opened it: after a fork, parent and child must not share one
     */
    private function __construct(public $socket, public readonly int $owner, private readonly string $path)
    {
        \stream_set_timeout($socket, self::ANSWER_SECONDS);
        // Without PHP's buffer an answer is read in one piece, and no rest of it can hide from the next request.
        \stream_set_read_buffer($socket, 0);
    }

    /** @throws Failure */
    public static function to(string $path): self
    {
        if ($path === '' || \strlen($path) > self::MAX_PATH) {
            throw Failure::unreachable($path, 'the path of a socket has 1 to ' . self::MAX_PATH . ' bytes');
        }
        $socket = self::open($path);
        $process = \getmypid();
        if (self::$latestOwner !== $process) {
            if (self::$latestOwner !== 0) {
                // PHP keeps the parent's persistent connections in the child: this may be one, and the parent's it stays.
                \fclose($socket);
                $socket = self::open($path);
            }
            self::$latestOwner = $process;
        }

        return new self($socket, $process, $path);
    }

    /**
     * Sets how long to wait for the next answer.
     *
     * @param int $wait     how long the daemon may wait for a lock, in milliseconds; 0 is its own limit
     * @param int $lockWait that limit
     */
    public function limitAnswer(int $wait, int $lockWait): void
    {
        $longest = $wait === 0 || $wait > $lockWait ? $lockWait : $wait;
        $limit = self::ANSWER_SECONDS + \intdiv($longest + 999, 1000);
        if ($limit !== $this->limit) {
            $this->limit = $limit;
            \stream_set_timeout($this->socket, $limit);
        }
    }

    /**
     * Reads on until there are `$size` bytes; null when the daemon ends the connection first.
     *
     * @throws Failure when that takes longer than the limit
     */
    public function fill(#[\SensitiveParameter] string $received, int $size): ?string
    {
        $missing = $size - \strlen($received);
        if ($missing <= 0) {
            return $received;
        }
        $end = \hrtime(true) + $this->limit * 1_000_000_000;
        while ($missing > 0) {
            if (\stream_get_meta_data($this->socket)['timed_out'] || \hrtime(true) > $end) {
                throw Failure::unreachable($this->path, "no answer within $this->limit seconds");
            }
            $more = (string) \fread($this->socket, \min($missing, self::NEXT_READ));
            if ($more === '' && !\stream_get_meta_data($this->socket)['timed_out']) {
                return null;
            }
            $received .= $more;
            $missing -= \strlen($more);
        }

        return $received;
    }

    /**
     * @return resource
     *
     * @throws Failure
     */
    private static function open(string $path)
    {
        $end = 0;
        for ($pause = 1000; ; $pause = \min(2 * $pause, 50_000)) {
            $socket = \stream_socket_client(
                SocketAddress::SCHEME . $path,
                $errno,
                $error,
                self::CONNECT_SECONDS,
                \STREAM_CLIENT_CONNECT | \STREAM_CLIENT_PERSISTENT,
            );
            if ($socket !== false) {
                return $socket;
            }
            $now = \hrtime(true);
            $end = $end ?: $now + self::CONNECT_SECONDS * 1_000_000_000;
            if ($errno !== self::EAGAIN || $now >= $end) {
                throw Failure::unreachable($path, $error);
            }
            // connect(2) of a Unix socket does not wait while the daemon's queue of connections is full.
            \usleep($pause);
        }
    }
}
