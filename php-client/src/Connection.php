<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/**
 * The connection to cloakroomd: requests and their answers, and a new connection when the daemon has closed the old one.
 *
 * The socket is kept by the PHP worker from one request to the next. The first operation of each request therefore
 * sends a HELLO in front of its own frame, in the same packet: it releases what an earlier request left locked, and its
 * nonce shows whether the bytes that come back are the answer or a rest of that request.
 *
 * Every operation of the protocol that has an answer may be repeated (docs/protocol.md, "Repeating").
 */
final class Connection
{
    private const ATTEMPTS = 3;

    private const RELEASE = "\0\0\0\x01\x05";
    private const PING = "\0\0\0\x01\x08";
    private const PONG = "\x87";
    /** The least operation that is no answer: this one, and ERROR. */
    private const UNWRITTEN = "\x88";
    private const ERROR = "\xff";
    private const SHUTTING_DOWN = 13;

    /** Where tokens begin: so low that counting on never ends. */
    private const FIRST_TOKENS = \PHP_INT_MAX >> 1;

    /** What a frame may have besides session data, in bytes. */
    private const FRAME_OVERHEAD = 1024;
    private const FIRST_READ = 8192;
    /** Data up to this size is copied behind its head and sent with one call; more is sent by itself, uncopied. */
    private const COPIED_SIZE = 65536;

    /** Greatest size of a session's data in bytes. Known after the first answer, like the next. */
    public int $maxSize = 0;
    /** The daemon's own limit of a wait for a lock, in milliseconds. */
    public int $lockWait = 0;
    /** Whether the daemon takes deferred writes, as it said last: after the first answer, and with each READ's. */
    public bool $deferring = false;
    /** Where the user is found in `$_SESSION`, as the daemon's configuration has it; empty: nowhere. */
    public string $sessionKey = '';
    /** Where to look for a session that is unknown, as PHP's `session.save_path` names it; empty: nowhere. */
    public string $readThrough = '';
    /** Why earlier writes were not carried out for which nobody waited; the messages of UNWRITTEN. */
    public string $unwritten = '';
    /** True from the first byte of a request to the last of its answer; a request that dies between leaves it true. */
    public bool $busy = false;
    /** True when it may hold a session's lock. */
    public bool $locked = false;

    private ?Stream $stream = null;
    /** @var resource|null */
    private $guard = null;
    private ?Failure $reason = null;
    /** The token of the WRITE before. */
    private int $token = 0;
    private static ?\Closure $quiet = null;

    private readonly string $path;
    /** The pool that HELLO names; '' for none. */
    private readonly string $pool;

    /**
     * @param string $address   of the socket, see SocketAddress::find()
     * @param bool   $isGuarded whether the end of the request gives back the lock, see Guard
     */
    public function __construct(string $address, private readonly bool $isGuarded = true)
    {
        [$this->path, $this->pool] = SocketAddress::parts($address);
    }

    /**
     * Sends a request and returns the frame of its answer, which begins with its length and is never an ERROR.
     *
     * @param string $request the frame, or all of it but its data
     * @param string $data    the end of the frame
     * @param int    $wait    how long the daemon may wait for a lock, in milliseconds; 0 is its own limit
     *
     * @throws Failure
     */
    public function ask(
        #[\SensitiveParameter] string $request,
        #[\SensitiveParameter] string $data = '',
        int $wait = 0,
    ): string {
        if ($this->stream !== null && $this->stream->owner !== \getmypid()) {
            $this->drop();
        }

        return $this->exchange($request, $data, $wait);
    }

    /**
     * A number that no other WRITE has, for the request that exchange() is then called with.
     *
     * They are counted from a random number, which is drawn with each connection. A child that PHP was forked into
     * must not count on where its parent does: the daemon would take the one's write for the other's, repeated.
     */
    public function token(): int
    {
        if ($this->stream?->owner !== \getmypid()) {
            $this->drop();

            return \random_int(1, self::FIRST_TOKENS);
        }

        return ++$this->token;
    }

    /**
     * What ask() does, for a process that token() has found to be the one that opened the connection.
     *
     * @throws Failure
     */
    public function exchange(
        #[\SensitiveParameter] string $request,
        #[\SensitiveParameter] string $data,
        int $wait = 0,
    ): string {
        $this->busy = true;
        // PHP reports a broken connection as a notice. The application's handler must not see it, nor throw.
        \set_error_handler(self::$quiet ??= static fn (): bool => true);
        try {
            $attempt = 1;
            $answer = null;
            $stream = $this->stream;
            if (\is_resource($stream?->socket)) {
                // Nearly always all there is to do. Each call costs more here than elsewhere: while the daemon ran, the
                // processor's caches forgot PHP.
                if (\strlen($data) <= self::COPIED_SIZE) {
                    \fwrite($stream->socket, $request . $data);
                } else {
                    self::send($stream, $request, $data);
                }
                $stream->limitAnswer($wait, $this->lockWait);
                $answer = (string) \fread($stream->socket, self::FIRST_READ);
                if (
                    \strlen($answer) > 4
                    && $answer[4] < self::UNWRITTEN
                    && \unpack('N', $answer)[1] === \strlen($answer) - 4
                ) {
                    $this->busy = false;

                    return $answer;
                }
                $answer = $this->receive($stream, $answer, $wait);
                ++$attempt;
            }
            for (; $answer === null; ++$attempt) {
                if ($attempt > 1) {
                    $this->drop();
                    $this->busy = true;
                }
                if ($attempt > self::ATTEMPTS) {
                    throw $this->reason ?? Failure::unreachable($this->path, 'it closed the connection before its answer');
                }
                $answer = $this->askAnew($request, $data, $wait);
            }
            if ($answer[4] === self::ERROR) {
                $this->busy = ($answer[7] ?? "\1") !== "\0";
                throw Failure::fromFrame($answer);
            }
            $this->busy = false;

            return $answer;
        } finally {
            \restore_error_handler();
            if ($this->busy) {
                $this->drop();
            }
        }
    }

    /**
     * Sends a request that has no answer.
     *
     * @param bool $repeat whether to send it on a new connection when this one is gone
     *
     * @throws Failure only with `$repeat`
     */
    public function tell(#[\SensitiveParameter] string $request, bool $repeat): void
    {
        $isSent = $this->stream?->owner === \getmypid() && $this->sent($request);
        if (!$isSent && $repeat) {
            $this->ask($request . self::PING);
        }
    }

    /**
     * Whether a request could be sent to its last byte, on the connection that there is; without that it is closed.
     *
     * For the process that opened it, see token().
     */
    public function sent(#[\SensitiveParameter] string $request): bool
    {
        $socket = $this->stream?->socket;
        if (!\is_resource($socket)) {
            return false;
        }
        $this->busy = true;
        \set_error_handler(self::$quiet ??= static fn (): bool => true);
        try {
            $this->busy = \fwrite($socket, $request) !== \strlen($request);
        } finally {
            \restore_error_handler();
        }
        if ($this->busy) {
            $this->drop();

            return false;
        }

        return true;
    }

    /**
     * Asks the daemon for nothing but an answer: whether it is there, and admits this process.
     *
     * @throws Failure
     */
    public function ping(): void
    {
        if ($this->ask(self::PING)[4] !== self::PONG) {
            throw $this->unexpected();
        }
    }

    /** Gives back the lock, if there is one. A session may still be written: the daemon compares versions. */
    public function release(): void
    {
        $locked = $this->locked;
        $this->locked = false;
        if ($this->busy) {
            // The request died within an operation: its answer, or a rest of it, may still be under way.
            $this->drop();
        } elseif ($locked) {
            $this->tell(self::RELEASE, false);
        }
    }

    /** Closes the connection; whatever it held is released. */
    public function drop(): void
    {
        $socket = $this->stream?->socket;
        if (\is_resource($socket)) {
            \fclose($socket);
        }
        $this->stream = null;
        $this->busy = false;
    }

    /** The failure for an answer that does not belong to its request; the connection is closed. */
    public function unexpected(): Failure
    {
        $this->drop();

        return Failure::unreachable($this->path, 'its answer is not one that belongs to the request');
    }

    /** @return array<string, mixed> without the session data that may still be held */
    public function __debugInfo(): array
    {
        return ['path' => $this->path, 'connected' => \is_resource($this->stream?->socket), 'busy' => $this->busy];
    }

    /**
     * Asks on a new connection: the answer, or null when that was of no use and another may be.
     *
     * @throws Failure
     */
    private function askAnew(
        #[\SensitiveParameter] string $request,
        #[\SensitiveParameter] string $data,
        int $wait,
    ): ?string {
        $stream = $this->connect();
        $this->token = \random_int(0, self::FIRST_TOKENS);
        // The nonce is as random as the token, of which it is the lower half.
        $hello = Greeting::hello($this->token, $this->pool);
        \fwrite($stream->socket, $data === '' ? $hello . $request : $hello);
        $received = (string) \fread($stream->socket, self::FIRST_READ);
        $size = Greeting::size($received);
        if (!Greeting::isAnswered($received, $size, $this->token)) {
            $received = $this->greeted($stream, $received);
            if ($received === null) {
                return null;
            }
            $size = Greeting::size($received);
        }
        ['size' => $this->maxSize, 'wait' => $this->lockWait] = \unpack('Nsize/Nwait', $received, Greeting::LIMITS);
        $this->deferring = $received[Greeting::FLAGS] !== "\0";
        $keySize = \ord($received[Greeting::KEY - 1]);
        $this->sessionKey = \substr($received, Greeting::KEY, $keySize);
        $this->readThrough = \substr($received, Greeting::LEAST_SIZE + $keySize, $size - Greeting::LEAST_SIZE - $keySize);
        $answer = \substr($received, $size);
        if ($data !== '') {
            // The limit may be another one now, and a frame beyond it would end the connection.
            if (\strlen($data) > $this->maxSize) {
                throw self::tooLarge(\strlen($data), $this->maxSize);
            }
            self::send($stream, $request, $data);
        }
        if ($answer === '') {
            $stream->limitAnswer($wait, $this->lockWait);
            $answer = (string) \fread($stream->socket, self::FIRST_READ);
        }

        return $this->receive($stream, $answer, $wait);
    }

    /** A short write is not looked at: what can be read, or that nothing can, says more. */
    private static function send(
        Stream $stream,
        #[\SensitiveParameter] string $request,
        #[\SensitiveParameter] string $data,
    ): void {
        if (\strlen($data) <= self::COPIED_SIZE) {
            \fwrite($stream->socket, $request . $data);
        } elseif (\fwrite($stream->socket, $request) === \strlen($request)) {
            \fwrite($stream->socket, $data);
        }
    }

    /**
     * The whole answer to HELLO, when not all of it has been received or it is another than the one expected; null when it
     * is not there.
     *
     * @throws Failure
     */
    private function greeted(Stream $stream, #[\SensitiveParameter] string $received): ?string
    {
        $received = $this->pastUnwritten($stream, $received);
        if ($received === null) {
            return null;
        }
        if ($received[4] === self::ERROR) {
            $answer = $this->receive($stream, $received, 0);
            $this->reason = $answer === null ? null : Failure::fromFrame($answer);

            return null;
        }
        $received = $stream->fill($received, Greeting::LEAST_SIZE);
        $size = Greeting::size($received ?? '');
        $received = $received === null ? null : $stream->fill($received, $size);
        if ($received !== null && !Greeting::isAnswered($received, $size, $this->token)) {
            $this->reason = Failure::unreachable($this->path, 'its greeting is not one that belongs to the request');

            return null;
        }

        return $received;
    }

    /**
     * The next frame, of which the beginning was received; null when the daemon ended the connection, is
     * about to, or sent something else than a frame.
     *
     * @param int $wait as in ask()
     *
     * @throws Failure
     */
    private function receive(Stream $stream, #[\SensitiveParameter] string $received, int $wait): ?string
    {
        $size = \strlen($received) < 5 ? -1 : \unpack('N', $received)[1] + 4;
        if ($size !== \strlen($received) || $received[4] === self::UNWRITTEN) {
            $stream->limitAnswer($wait, $this->lockWait);
            $received = $this->pastUnwritten($stream, $received);
            if ($received === null) {
                return null;
            }
            $size = \unpack('N', $received)[1] + 4;
            if (\strlen($received) < $size && $size <= $this->maxSize + self::FRAME_OVERHEAD) {
                $received = $stream->fill($received, $size);
                if ($received === null) {
                    return null;
                }
            }
        }
        if (\strlen($received) !== $size) {
            $this->reason = Failure::unreachable($this->path, 'its answer is malformed');

            return null;
        }
        if ($received[4] === self::ERROR && \substr($received, 5, 2) === "\0" . \chr(self::SHUTTING_DOWN)) {
            $this->reason = Failure::fromFrame($received);

            return null;
        }

        return $received;
    }

    /**
     * What stands behind the frames that report writes for which nobody waited: at least five bytes; null when the daemon
     * ends the connection first.
     *
     * @throws Failure
     */
    private function pastUnwritten(Stream $stream, #[\SensitiveParameter] string $received): ?string
    {
        while (($received = $stream->fill($received, 5)) !== null && $received[4] === self::UNWRITTEN) {
            $size = \unpack('N', $received)[1] + 4;
            if ($size > self::FRAME_OVERHEAD || ($received = $stream->fill($received, $size)) === null) {
                return null;
            }
            $this->unwritten .= ($this->unwritten === '' ? '' : '; ') . Failure::reasonOf(\substr($received, 13, $size - 13));
            $received = \substr($received, $size);
        }

        return $received;
    }

    /** @throws Failure */
    private function connect(): Stream
    {
        $this->guard = null;
        $this->reason = null;
        $this->stream = Stream::to($this->path);
        if ($this->isGuarded) {
            // PHP closes what was opened last first: this one while the connection can still be used.
            $this->guard = Guard::of($this);
        }

        return $this->stream;
    }

    /** The failure of a session that is larger than the daemon takes. */
    public static function tooLarge(int $size, int $limit): Failure
    {
        return new Failure("session data too large: the session has $size bytes, and the limit is $limit bytes");
    }
}
