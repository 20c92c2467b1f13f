<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/* Made from src/ by make-classes.php, for prepend.php: do not edit. */

/** What the web server says of the browser that the present request serves. The daemon decides what to believe of it. */
final class BrowserClaims
{
    /** The fields of a client that serves no browser: five lengths. */
    private const NONE = "\0\0\0\0\0\0\0\0\0\0";
    private const MAX_ADDRESS = 46;
    private const MAX_AGENT = 320;
    /** Of X-Forwarded-For and Forwarded: the end counts, which the nearest proxy wrote. */
    private const MAX_FORWARDED = 160;

    /** The fields of HELLO behind its pool (docs/protocol.md). */
    public static function current(): string
    {
        // Not $_SERVER: PHP fills that only in requests whose code names it, and with this all would.
        $address = \getenv('REMOTE_ADDR');
        if ($address === false || $address === '') {
            return \PHP_SAPI === 'cli-server' ? self::fromServer() : self::NONE;
        }

        return self::encoded(
            $address,
            (string) \getenv('HTTP_USER_AGENT'),
            (string) \getenv('HTTP_X_FORWARDED_FOR'),
            (string) \getenv('HTTP_X_REAL_IP'),
            (string) \getenv('HTTP_FORWARDED'),
        );
    }

    private static function encoded(
        string $address,
        string $agent,
        string $forwardedFor,
        string $realIp,
        string $forwarded,
    ): string {
        return self::field(\substr($address, 0, self::MAX_ADDRESS))
            . self::field(\substr($agent, 0, self::MAX_AGENT))
            . ($forwardedFor === '' ? "\0\0" : self::field(\substr($forwardedFor, -self::MAX_FORWARDED)))
            . ($realIp === '' ? "\0\0" : self::field(\substr($realIp, 0, self::MAX_ADDRESS)))
            . ($forwarded === '' ? "\0\0" : self::field(\substr($forwarded, -self::MAX_FORWARDED)));
    }

    private static function field(string $value): string
    {
        return \pack('n', \strlen($value)) . $value;
    }

    /** In PHP's own web server getenv() has nothing of the request. */
    private static function fromServer(): string
    {
        $values = [];
        foreach (['REMOTE_ADDR', 'HTTP_USER_AGENT', 'HTTP_X_FORWARDED_FOR', 'HTTP_X_REAL_IP', 'HTTP_FORWARDED'] as $name) {
            $value = $GLOBALS['_SERVER'][$name] ?? '';
            $values[] = \is_string($value) ? $value : '';
        }

        return self::encoded(...$values);
    }
}

/**
 * Which of PHP's functions the handler works for.
 *
 * @internal for SessionHandler
 */
final class CallStack
{
    /**
     * Whether the handler is called for session_regenerate_id(). It goes on with the session's data under a new id, so it must
     * learn when the session was destroyed meanwhile; a touch has no answer.
     */
    public static function isRegenerating(): bool
    {
        // An application's calls may be deep, and looking at all of them takes long: mostly who called the handler says enough.
        foreach (\debug_backtrace(\DEBUG_BACKTRACE_IGNORE_ARGS, 6) as $caller) {
            $class = $caller['class'] ?? null;
            if ($class !== SessionHandler::class && $class !== self::class) {
                break;
            }
            $caller = null;
        }
        if ($caller === null || ($caller['function'] === 'session_write_close' && !isset($caller['class']))) {
            return false;
        }
        foreach (\debug_backtrace(\DEBUG_BACKTRACE_IGNORE_ARGS) as $call) {
            if ($call['function'] === 'session_regenerate_id' && !isset($call['class'])) {
                return true;
            }
        }

        return false;
    }

    /**
     * Whether the method that calls this was called by PHP itself, and not by a handler of the application around the handler.
     * Only such a one can end a request without a call of close() or a shutdown function, and it takes time to be prepared for that.
     */
    public static function isCalledByPhp(): bool
    {
        $caller = \debug_backtrace(\DEBUG_BACKTRACE_IGNORE_ARGS, 3)[2] ?? null;

        return $caller !== null && !isset($caller['class']) && \str_starts_with($caller['function'], 'session_');
    }
}

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

/**
 * What PHP's manual advises for the cookies of sessions, where nobody has said otherwise.
 *
 * Of `session.use_only_cookies` and `session.use_trans_sid` it advises PHP's defaults: what differs, somebody has chosen.
 */
final class CookieSettings
{
    /** Sets what is missing, for the present request. An application that sets it too does so later, and wins. */
    public static function complete(): void
    {
        $settings = [];
        if (self::isOpen('session.cookie_httponly')) {
            $settings['session.cookie_httponly'] = '1';
        }
        if (PoolSettings::get('session.cookie_samesite') === '') {
            $settings['session.cookie_samesite'] = 'Lax';
        }
        if (self::isHttps() && self::isOpen('session.cookie_secure')) {
            $settings['session.cookie_secure'] = '1';
        }
        if ($settings === [] || PoolSettings::isSwitchedOff('CLOAKROOM_COOKIES')) {
            return;
        }
        foreach ($settings as $name => $value) {
            // What the operator has fixed with php_admin_value stays.
            PoolSettings::set($name, $value);
        }
    }

    /**
     * Whether nobody has chosen a flag that is off by default.
     *
     * Debian's php.ini has `session.cookie_httponly =`, without a value, and PHP's own default is `0`. PHP cannot tell that
     * from a `0` of the pool file, unless php.ini has the setting too.
     */
    private static function isOpen(string $flag): bool
    {
        $value = PoolSettings::get($flag);

        return $value === '' || ($value === '0' && !PoolSettings::isInFile($flag));
    }

    /** Whether the web server says that the browser came by HTTPS. Not X-Forwarded-Proto: anybody can send that. */
    public static function isHttps(): bool
    {
        // Not $_SERVER: PHP fills that only in requests whose code names it, and with this all would.
        return !\in_array(\strtolower((string) \getenv('HTTPS')), ['', 'off'], true)
            || \getenv('REQUEST_SCHEME') === 'https';
    }
}

/**
 * Whom the open session belongs to, as far as this request knows.
 *
 * @internal for OpenSession and UserRequests
 */
final class CurrentUser
{
    private const MAX_NAME = 255;

    /** Whom identify() has named; empty: nobody; null: it was not called. */
    private ?string $name = null;
    /** Whether the daemon does not know that yet. */
    public bool $isPending = false;

    /** @throws SessionException */
    public function identify(#[\SensitiveParameter] string $name): void
    {
        $this->name = self::checked($name);
        $this->isPending = true;
    }

    public function forget(): void
    {
        $this->name = null;
        $this->isPending = false;
    }

    /**
     * Whom to store with data that is about to be stored; empty: nobody; null: whom the daemon knows.
     *
     * @param string $key where the user is found in `$_SESSION`; empty: nowhere
     */
    public function toStore(string $key, bool $isChanged): ?string
    {
        if ($this->isPending) {
            return $this->name;
        }

        return $key === '' || !$isChanged ? null : self::inSession($key);
    }

    /**
     * How requests name a user: with a length.
     *
     * @param ?string $name null: the user of this session, which the daemon knows if this request does not
     *
     * @throws SessionException
     */
    public function field(#[\SensitiveParameter] ?string $name, string $key): string
    {
        $name = self::checked($name ?? $this->name ?? ($key === '' ? '' : self::inSession($key)));

        return \chr(\strlen($name)) . $name;
    }

    /** @return array<string, mixed> without the name */
    public function __debugInfo(): array
    {
        return ['pending' => $this->isPending];
    }

    /** @throws SessionException */
    private static function checked(#[\SensitiveParameter] string $name): string
    {
        if (\strlen($name) > self::MAX_NAME) {
            throw new SessionException('the name of a user has at most ' . self::MAX_NAME . ' bytes');
        }

        return $name;
    }

    /** The user in `$_SESSION`: text or a number; empty when there is none. */
    private static function inSession(string $key): string
    {
        $value = $_SESSION ?? null;
        if (\is_array($value) && isset($value[$key])) {
            $value = $value[$key];
        } else {
            foreach (\explode('.', $key) as $part) {
                $value = \is_array($value) ? $value[$part] ?? null : null;
            }
        }
        $name = \is_string($value) || \is_int($value) || \is_float($value) ? (string) $value : '';

        return \strlen($name) > self::MAX_NAME ? '' : $name;
    }
}

/**
 * An operation that the daemon refused, or that did not reach it.
 *
 * It stays inside this package: the handler turns it into a PHP warning and `false`. The message is for the log and has
 * neither a session id nor session data in it. The code is the daemon's (docs/protocol.md), or 0.
 */
final class Failure extends \RuntimeException
{
    private const NAMES = [
        1 => 'malformed request', 2 => 'frame too large', 3 => 'unknown operation', 4 => 'no greeting',
        5 => 'unsupported protocol version', 6 => 'bad session id', 7 => 'lock timed out', 8 => 'too many waiters',
        9 => 'conflict', 10 => 'gone', 11 => 'session data too large', 12 => 'store fault', 13 => 'shutting down',
        14 => 'refused', 15 => 'timed out', 16 => 'internal fault', 17 => 'too many connections', 18 => 'pool full',
        19 => 'too many bytes in flight', 20 => 'too many sessions of this user', 21 => 'too many unknown session ids',
        22 => 'no user',
    ];

    /** The failure that an ERROR frame reports; `$frame` begins with its length. */
    public static function fromFrame(string $frame): self
    {
        if (\strlen($frame) < 8) {
            return new self('cloakroomd answered with a truncated error');
        }

        return new self(self::reasonOf(\substr($frame, 5, 2) . \substr($frame, 8)), \unpack('n', $frame, 5)[1]);
    }

    /** That the daemon did not answer, or not as it should. */
    public static function unreachable(string $path, string $reason): self
    {
        return new self("cloakroomd cannot be reached at $path: $reason");
    }

    /** What the daemon means: the fields code and text, as ERROR and UNWRITTEN have them. */
    public static function reasonOf(string $fields): string
    {
        $code = \strlen($fields) < 2 ? 0 : \unpack('n', $fields)[1];
        $name = self::NAMES[$code] ?? 'error';

        return "$name: cloakroomd says: " . \substr($fields, 2) . " ($code)";
    }
}

/**
 * What the requests of the protocol have in common (docs/protocol.md).
 *
 * @internal
 */
final class Frame
{
    private const MAX_U32 = 0xffffffff;

    /** The frame of a request, with its length in front. */
    public static function of(int $operation, #[\SensitiveParameter] string $fields): string
    {
        return \pack('NC', 1 + \strlen($fields), $operation) . $fields;
    }

    /** The nearest value that a field of 32 bits can have. */
    public static function u32(int $value): int
    {
        return $value < 0 ? 0 : ($value > self::MAX_U32 ? self::MAX_U32 : $value);
    }
}

/**
 * HELLO, with which a connection begins in each request, and HELLO_OK, its answer (docs/protocol.md).
 *
 * @internal for Connection
 */
final class Greeting
{
    /** Where in HELLO_OK's frame the session key begins, behind its length, and the size of the frame without the two texts at its end. */
    public const KEY = 21;
    public const LEAST_SIZE = 22;
    /** Where in it the flags stand, and the two limits. */
    public const FLAGS = 11;
    public const LIMITS = 12;

    private const HELLO = 1;
    private const VERSION = 1;
    private const HELLO_OK = "\x81\0\x01";

    /** The frame of HELLO, which names the pool unless that is empty. Of the nonce the lower 32 bits count. */
    public static function hello(int $nonce, string $pool): string
    {
        $label = RequestLabel::current();
        $rest = $label . \chr(\strlen($pool)) . $pool . BrowserClaims::current();

        return \pack('NCnNC', 8 + \strlen($rest), self::HELLO, self::VERSION, $nonce, \strlen($label)) . $rest;
    }

    /** Whether what was received begins with the whole answer to the HELLO with this nonce; `$size` is that of the answer. */
    public static function isAnswered(#[\SensitiveParameter] string $received, int $size, int $nonce): bool
    {
        return \strlen($received) >= $size
            && \str_starts_with($received, \pack('N', $size - 4) . self::HELLO_OK . \pack('N', $nonce));
    }

    /** The size of the answer's frame, as far as that is known from what was received. */
    public static function size(#[\SensitiveParameter] string $received): int
    {
        $size = self::LEAST_SIZE + \ord($received[self::KEY - 1] ?? "\0");

        return $size + \ord($received[$size - 1] ?? "\0");
    }
}

/**
 * A stream whose end gives back the lock of a connection.
 *
 * When an application's own handler, around the one of this package, throws while PHP saves the session at the end of a
 * request, PHP calls no handler any more. It still closes the request's streams, and this is one.
 */
final class Guard
{
    private const SCHEME = 'cloakroom-guard';

    /** @var resource|null where PHP puts the context of a stream */
    public $context;

    private static ?Connection $next = null;
    private static bool $isRegistered = false;
    private readonly Connection $connection;

    /** @return resource|null a stream to keep; null when the operator has disabled the function that makes it possible */
    public static function of(Connection $connection)
    {
        self::$isRegistered = self::$isRegistered
            || PoolSettings::hasFunction('stream_wrapper_register') && \stream_wrapper_register(self::SCHEME, self::class);
        self::$next = $connection;

        return self::$isRegistered ? (\fopen(self::SCHEME . '://', 'r') ?: null) : null;
    }

    public function stream_open(): bool
    {
        $this->connection = self::$next;

        return true;
    }

    public function stream_close(): void
    {
        $this->connection->release();
    }
}

/** What PHP's `memory_limit` leaves. */
final class Memory
{
    /**
     * Makes sure that PHP can have so many bytes more, and raises `memory_limit` for the rest of the request if it must.
     *
     * False when the limit is the operator's (`php_admin_value`) and cannot be raised.
     */
    public static function reserve(int $bytes): bool
    {
        $setting = PoolSettings::get('memory_limit');
        $limit = (int) $setting;
        if ($limit <= 0) {
            return true;
        }
        $limit <<= match ($setting[-1]) {
            'g', 'G' => 30,
            'm', 'M' => 20,
            'k', 'K' => 10,
            default => 0,
        };
        // PHP takes memory from the system in pieces of 2 MiB, and it is these that are limited.
        $needed = \memory_get_usage(true) + $bytes;

        return $needed <= $limit
            || PoolSettings::set('memory_limit', (string) $needed);
    }
}

/**
 * A file of PHP's own handler with a session in it, open and locked as that handler locks it, so that nobody else writes it. The lock
 * goes with the object.
 *
 * @internal for OldSessions and ReadThrough
 */
final class OldSession
{
    /**
     * @param resource $file
     * @param int      $size in bytes
     * @param int      $seen when it was written or touched last, unix time
     */
    public function __construct(
        public readonly string $path,
        private $file,
        public readonly int $size,
        public readonly int $seen,
    ) {
    }

    /** @throws Failure */
    public function contents(): string
    {
        $data = \stream_get_contents($this->file, -1, 0);
        if ($data === false || \strlen($data) !== $this->size) {
            throw new Failure('a session file of PHP\'s own handler cannot be read to its end');
        }

        return $data;
    }

    /** Empties the file; false when that fails. */
    public function truncate(): bool
    {
        return \ftruncate($this->file, 0);
    }

    /** @return array<string, mixed> without the path, whose end is the session's id */
    public function __debugInfo(): array
    {
        return ['size' => $this->size, 'seen' => $this->seen];
    }
}

/**
 * The directory in which PHP's own handler, `files`, kept the sessions of this site before.
 *
 * Taken from there are only files that PHP would have made for this process itself: regular ones of its own user, with one name.
 * Whatever else lies there is left alone and reported.
 *
 * @internal for ReadThrough and OpenSession
 */
final class OldSessions
{
    private const TYPE = 0170000;
    private const REGULAR = 0100000;
    private const LINK = 0120000;
    /** The pause between two attempts to get a file's lock, in microseconds: the first one, and the longest. */
    private const FIRST_PAUSE = 500;
    private const LONGEST_PAUSE = 20_000;

    private readonly string $directory;
    /** How many directories deep files lie, each named by a character of the id. */
    private readonly int $depth;

    /** @var array<string, true> what this request has reported */
    private static array $reported = [];

    /** @param string $savePath as `session.save_path` has it: `path`, `N;path` or `N;MODE;path` */
    public function __construct(public readonly string $savePath)
    {
        $parts = $savePath[0] === '/' ? [$savePath] : \explode(';', $savePath, 3);
        $this->directory = $parts[\count($parts) - 1];
        $this->depth = \count($parts) > 1 ? (int) $parts[0] : 0;
    }

    /** Whether there is a file for this session, of whatever kind. */
    public function has(#[\SensitiveParameter] string $id): bool
    {
        // access(2), without PHP's cache of what files are. Quiet, since open_basedir warns.
        return @\file_exists($this->path($id));
    }

    /** Reports when there is no directory, as all sessions in it would be missing. */
    public function check(): void
    {
        if (!@\is_dir($this->directory)) {
            $this->report('it is not there, or not within open_basedir');
        }
    }

    /**
     * The file of a session, once nobody else has it; null when there is none that may be taken.
     *
     * @param int $wait for how long to wait for its lock, in milliseconds
     *
     * @throws Failure when somebody else has it for longer
     */
    public function open(#[\SensitiveParameter] string $id, int $wait): ?OldSession
    {
        return self::quietly(fn (): ?OldSession => $this->locked($this->path($id), $wait));
    }

    /** Removes a file, or what is in it; false when neither can be done. */
    public function remove(OldSession $file): bool
    {
        return self::quietly(fn (): bool => self::isUnlinked($file->path) || ($file->truncate() && $this->reportTruncated()));
    }

    /**
     * Removes the file of a session that is in Cloakroom, or was, so that it can never be taken from there again.
     *
     * @throws Failure when a file that could be is still there
     */
    public function discard(#[\SensitiveParameter] string $id): void
    {
        if ($this->has($id) && !self::quietly(fn (): bool => $this->isHarmless($this->path($id)))) {
            throw self::unremovable();
        }
    }

    /** That a file is still there which must not be, so that the session cannot be taken from it. */
    public static function unremovable(): Failure
    {
        return new Failure(
            'the session file of PHP\'s own handler can be neither removed nor emptied, so that a log-out could be undone: '
            . 'the directory in sessions.read_through has to be writable for the user of this PHP',
        );
    }

    /** @return array<string, mixed> */
    public function __debugInfo(): array
    {
        return ['directory' => $this->directory, 'depth' => $this->depth];
    }

    /** As `files` names it; with an id that is too short for the depth there can be no such file. */
    private function path(#[\SensitiveParameter] string $id): string
    {
        if ($this->depth === 0) {
            return "$this->directory/sess_$id";
        }
        $folders = '';
        for ($level = 0; $level < $this->depth; ++$level) {
            $folders .= '/' . ($id[$level] ?? '');
        }

        return "$this->directory$folders/sess_$id";
    }

    /**
     * The file once this process has its lock; null when it may not be taken.
     *
     * @throws Failure
     */
    private function locked(#[\SensitiveParameter] string $path, int $wait): ?OldSession
    {
        $end = \hrtime(true) + $wait * 1_000_000;
        do {
            $before = self::status($path);
            if ($before === null || !$this->isAcceptable($before)) {
                return null;
            }
            $file = \fopen($path, 'r+b');
            if ($file === false) {
                $this->report('a session file cannot be opened for reading and writing');

                return null;
            }
            if (self::isSame($before, \fstat($file))) {
                $this->lock($file, $end);
                $status = \fstat($file);
                // An old worker may have destroyed the session while this one waited: to take it then would undo a log-out.
                if ($status['nlink'] > 0 && self::isSame($status, self::status($path) ?? [])) {
                    return $this->isAcceptable($status)
                        ? new OldSession($path, $file, $status['size'], \max(0, $status['mtime']))
                        : null;
                }
            }
            \fclose($file);
        } while (\hrtime(true) < $end);
        throw new Failure('lock timed out: the session file of PHP\'s own handler is made anew all the time');
    }

    /** Whether no session can be taken from a file any more; removes it if it must. */
    private function isHarmless(#[\SensitiveParameter] string $path): bool
    {
        $status = self::status($path);
        // Links and files of others stay what they are. One with several names may be taken once it has lost the others.
        if ($status === null || ($status['mode'] & self::TYPE) !== self::REGULAR || $status['uid'] !== self::user()) {
            return true;
        }
        // Under its other names a file may be something else, and must not be emptied.
        if (self::isUnlinked($path) || $status['size'] === 0 || $status['nlink'] > 1) {
            return true;
        }
        $file = \fopen($path, 'r+b');

        return $file !== false && self::isSame($status, \fstat($file)) && \ftruncate($file, 0) && $this->reportTruncated();
    }

    /** Whether there is no file of this name any more. */
    private static function isUnlinked(#[\SensitiveParameter] string $path): bool
    {
        return \unlink($path) || self::status($path) === null;
    }

    /** Whether it is a file as PHP makes them, and this process's user's; reports what is wrong with it. */
    private function isAcceptable(array $status): bool
    {
        $type = $status['mode'] & self::TYPE;
        $fault = match (true) {
            $type === self::LINK => 'a symbolic link',
            $type !== self::REGULAR => 'no regular file',
            $status['nlink'] > 1 => 'a file with several names (hard links)',
            $status['uid'] !== self::user() => 'a file of another user',
            default => null,
        };
        if ($fault !== null) {
            $this->report("$fault is in the place of a session file");
        }

        return $fault === null;
    }

    /**
     * Takes the lock that PHP's own handler holds on the file for the whole of a request.
     *
     * @param resource $file
     * @param int      $end  until when, in nanoseconds of hrtime()
     *
     * @throws Failure
     */
    private function lock($file, int $end): void
    {
        // A flock() that waits cannot be limited.
        for ($pause = self::FIRST_PAUSE; !\flock($file, \LOCK_EX | \LOCK_NB, $isTaken); $pause = \min(2 * $pause, self::LONGEST_PAUSE)) {
            if ($isTaken !== 1) {
                throw new Failure('a session file of PHP\'s own handler cannot be locked');
            }
            if (\hrtime(true) >= $end) {
                throw new Failure('lock timed out: a request of PHP\'s own handler, "files", held the session for the whole wait');
            }
            \usleep($pause);
        }
    }

    /** What lstat(2) says now; null when there is nothing. */
    private static function status(#[\SensitiveParameter] string $path): ?array
    {
        \clearstatcache(false, $path);

        return \lstat($path) ?: null;
    }

    private static function isSame(array $status, array $other): bool
    {
        return $status['ino'] === ($other['ino'] ?? null) && $status['dev'] === $other['dev'];
    }

    /** The user that files are made as. */
    private static function user(): int
    {
        // Without the extension posix, a file that is made says it.
        return PoolSettings::hasFunction('posix_geteuid') ? \posix_geteuid() : (\fstat(\tmpfile())['uid'] ?? -1);
    }

    private function reportTruncated(): bool
    {
        $this->report('a session file could not be removed, and was emptied');

        return true;
    }

    /**
     * Makes a call without PHP's warnings, which the application's error handler would see, and may throw.
     *
     * @template T
     *
     * @param callable(): T $call
     *
     * @return T
     */
    private static function quietly(callable $call): mixed
    {
        \set_error_handler(static fn (): bool => true);
        try {
            return $call();
        } finally {
            \restore_error_handler();
        }
    }

    /** Says once in a request what was left, in PHP's log: not an E_WARNING, as the request goes on and pages are not to change. */
    private function report(string $what): void
    {
        if (!isset(self::$reported[$what])) {
            self::$reported[$what] = true;
            \error_log("Cloakroom: sessions.read_through: $what, in $this->directory");
        }
    }
}

/**
 * The session of this request: what is known of it, and what is done with it at the daemon.
 *
 * One object serves all sessions that a request opens, one after the other. Nothing here warns; SessionHandler does.
 *
 * @internal for SessionHandler and UserRequests
 */
final class OpenSession
{
    private const READ = 2;
    private const WRITE = 3;
    private const TOUCH = 4;
    private const DESTROY = 6;
    private const RETIRE = 9;

    private const FOUND = "\x82";
    private const ABSENT = "\x83";
    private const WRITTEN = "\x84";
    private const DESTROYED = "\x85";

    private const LOCK = 1;
    private const PRESENTED = 2;
    private const REPLACES = 4;
    private const AND_RELEASE = 1;
    private const DEFERRED = 2;
    private const IDENTIFIED = 4;
    private const AUTHENTICATED = 8;
    private const UNREADABLE = "\3";
    private const OTHER_ADDRESS = "\5";
    private const OTHER_AGENT = "\6";
    /** Why there is no session, as the daemon and as an application says it. */
    private const REJECTIONS = [
        "\0" => Session::UNKNOWN,
        "\1" => Session::IDLE,
        "\2" => Session::DESTROYED,
        "\3" => Session::UNKNOWN,
        "\4" => Session::ABSOLUTE,
        self::OTHER_ADDRESS => Session::ADDRESS,
        self::OTHER_AGENT => Session::AGENT,
        "\7" => Session::REUSED,
    ];
    /** The version of a session that is absent. */
    private const NO_VERSION = "\0\0\0\0\0\0\0\0";

    /** Longest wait for a lock that a READ can ask for, in seconds: its field has 32 bits of milliseconds. */
    private const MAX_WAIT = 4_294_967;
    /** Data up to this size, in bytes, need not be waited for; a frame of more than 16 KiB may be one too many. */
    private const DEFERRED_SIZE = 15 << 10;

    /** What sessions are called, while the handler is open. */
    public ?string $name = null;
    /** True when the session is read-only: read without its lock, and not written. */
    public bool $isReadOnly = false;
    /** The session that was read, or that could not be: what follows belongs to it. */
    public ?string $id = null;
    /** How frames name that session: its name and id. */
    public string $reference = '';
    /** What is stored, as far as this request knows; null when there is no such session. */
    public ?string $data = null;
    /** Whether what is stored did not authenticate. */
    public bool $isUnreadable = false;
    /** True when `validateId` has fetched the session and `read` has not been called for it yet. */
    public bool $isAhead = false;
    /** Why `validateId` could not fetch the session, for `read` to report. */
    public ?Failure $failure = null;
    /** The session whose place the next one takes, while session_regenerate_id() is at work. */
    public ?string $previous = null;
    /** Whether this request has ended its own session, with others of the user. */
    public bool $hasEnded = false;
    public readonly CurrentUser $user;
    /** As the daemon sends it, since nothing is calculated with it. */
    private string $version = self::NO_VERSION;
    /** How many writes were sent since, and not waited for: each adds one to the version. */
    private int $deferredWrites = 0;
    /** Why there is no such session; a reason of ABSENT. */
    private string $absence = '';
    /** Whether it was just taken over from PHP's own handler, and the daemon does not know yet whose it is. */
    private bool $isAdopted = false;
    private ?OldSessions $old = null;

    public function __construct(public readonly Connection $connection)
    {
        $this->user = new CurrentUser();
    }

    /** How frames name a session: its name and id, each with its length; null when it cannot be an id. */
    public function referenceTo(#[\SensitiveParameter] string $id): ?string
    {
        return SessionId::isValid($id)
            ? \chr(\strlen((string) $this->name)) . $this->name . \pack('n', \strlen($id)) . $id
            : null;
    }

    /**
     * Reads the session: under its lock, unless it is read-only.
     *
     * @param ?string $reference   what referenceTo() has made of the id, if it is known
     * @param bool    $isPresented whether it is the browser that has presented the id
     *
     * @throws Failure
     */
    public function fetch(
        #[\SensitiveParameter] string $id,
        #[\SensitiveParameter] ?string $reference = null,
        bool $isPresented = false,
    ): void {
        $connection = $this->connection;
        $isLocking = !$this->isReadOnly;
        $wait = 0;
        if ($isLocking) {
            $seconds = (int) PoolSettings::get('max_execution_time');
            $wait = $seconds <= 0 ? 0 : 1000 * ($seconds > self::MAX_WAIT ? self::MAX_WAIT : $seconds);
        }
        $this->id = null;
        $this->isAhead = false;
        $this->failure = null;
        $this->hasEnded = false;
        $this->reference = $reference ??= $this->requireReferenceTo($id);
        $connection->locked = $isLocking;
        $flags = $isLocking ? self::LOCK : 0;
        if ($this->previous !== null) {
            $flags |= self::REPLACES;
            $reference .= $this->previous;
        } elseif ($isPresented) {
            $flags |= self::PRESENTED;
        }
        $request = \pack('NCCN', 6 + \strlen($reference), self::READ, $flags, $wait) . $reference;
        $answer = $connection->ask($request, '', $wait);
        // Once more: a connection that was made anew has given back what the old one held.
        $connection->locked = $isLocking;
        $this->isAdopted = false;
        if ($connection->readThrough !== '' && $this->previous === null) {
            $old = $this->old();
            if ($answer[4] === self::FOUND) {
                $old->discard($id);
            } else {
                $reader = new ReadThrough($connection, $old, $id, $reference, $wait);
                $answer = $reader->answer($answer, $isLocking);
                $this->isAdopted = $reader->hasAdopted;
            }
        }
        if ($answer[4] === self::FOUND) {
            $this->version = \substr($answer, 6, 8);
            $this->data = \substr($answer, 14);
            $this->absence = '';
            $this->isUnreadable = false;
        } else {
            $this->expect(self::ABSENT, $answer);
            $this->version = self::NO_VERSION;
            $this->data = null;
            $this->absence = $answer[6];
            $this->isUnreadable = $answer[6] === self::UNREADABLE;
            if ($this->isOthers()) {
                // Its lock is its owner's.
                $connection->locked = false;
            }
        }
        $connection->deferring = $answer[5] !== "\0";
        $this->deferredWrites = 0;
        $this->id = $id;
        $this->isAhead = true;
    }

    /**
     * Whether there is a session, without locking it.
     *
     * @throws Failure
     */
    public function exists(#[\SensitiveParameter] string $id, #[\SensitiveParameter] string $reference): bool
    {
        $answer = $this->connection->ask(Frame::of(self::READ, \pack('CN', 0, 0) . $reference));
        $isFound = $answer[4] === self::FOUND;
        $isFound || $this->expect(self::ABSENT, $answer);
        $isFound = $isFound || $answer[6] === self::OTHER_ADDRESS || $answer[6] === self::OTHER_AGENT;
        $this->connection->deferring = $answer[5] !== "\0";

        return $isFound || $this->old()?->has($id);
    }

    /** Whether the session that is absent is another browser's. */
    public function isOthers(): bool
    {
        return $this->absence === self::OTHER_ADDRESS || $this->absence === self::OTHER_AGENT;
    }

    /** Why the session is absent, as Session::rejection() says it. */
    public function rejection(): string
    {
        return self::REJECTIONS[$this->absence] ?? Session::UNKNOWN;
    }

    /**
     * Stores the session and unlocks it; of a session that has not changed, only the expiry is moved.
     *
     * @param bool $isRegenerating whether the session is about to get a new id
     *
     * @throws Failure
     */
    public function save(#[\SensitiveParameter] string $data, bool $isRegenerating): void
    {
        $this->previous = $isRegenerating ? $this->reference : null;
        $isChanged = $data !== $this->data;
        // Not under the old id of a session that gets a new one.
        $user = $isRegenerating || $this->isReadOnly
            ? null
            : $this->user->toStore($this->connection->sessionKey, $isChanged || $this->isAdopted);
        if (!$isChanged && $user === null) {
            $isRegenerating ? $this->store($data) : $this->touch();
        } elseif (!$this->isReadOnly) {
            $this->store($data, $user);
        }
        $this->connection->locked = false;
    }

    /**
     * Destroys a session; false when there was none.
     *
     * @param bool $isRegenerating whether another takes its place
     *
     * @throws Failure
     */
    public function destroy(#[\SensitiveParameter] string $id, bool $isRegenerating): bool
    {
        $reference = $this->requireReferenceTo($id);
        $this->previous = $isRegenerating ? $reference : null;
        $failure = null;
        try {
            // Before, so that the log-out holds or fails, whenever this request ends.
            $this->old()?->discard($id);
        } catch (Failure $failure) {
            // Destroyed all the same.
        }
        $answer = $this->connection->ask(Frame::of($isRegenerating ? self::RETIRE : self::DESTROY, $reference));
        $this->expect(self::DESTROYED, $answer);
        $this->connection->locked = false;
        if ($failure !== null) {
            throw $failure;
        }

        return $answer[5] !== "\0";
    }

    /** Notes that this request has ended its own session. */
    public function noteEnd(): void
    {
        $this->hasEnded = true;
        // So that session_destroy() misses nothing.
        $this->data = null;
    }

    /** Gives back the lock, and what is known of the session. */
    public function forget(): void
    {
        $connection = $this->connection;
        if ($connection->locked || $connection->busy) {
            $connection->release();
        }
        $this->id = null;
        $this->data = null;
        $this->version = self::NO_VERSION;
        $this->isAhead = false;
        $this->isUnreadable = false;
        $this->failure = null;
    }

    /** @return array<string, mixed> without ids and session data */
    public function __debugInfo(): array
    {
        return ['connection' => $this->connection, 'open' => $this->name !== null];
    }

    /**
     * @param ?string $user whom it belongs to from now on, empty for nobody; null: to whom it did before
     *
     * @throws Failure
     */
    private function store(#[\SensitiveParameter] string $data, #[\SensitiveParameter] ?string $user = null): void
    {
        $connection = $this->connection;
        $reference = $this->reference;
        $identified = 0;
        if ($user !== null) {
            $reference .= \chr(\strlen($user)) . $user;
            // Only identify() says that somebody has just logged in; what stands in $_SESSION may be old.
            $identified = $this->user->isPending && $user !== '' ? self::IDENTIFIED | self::AUTHENTICATED : self::IDENTIFIED;
        }
        $size = \strlen($data);
        if ($size > $connection->maxSize) {
            throw Connection::tooLarge($size, $connection->maxSize);
        }
        $version = $this->presentVersion();
        $length = 22 + \strlen($reference) + $size;
        $token = $connection->token();
        $lifetime = self::lifetime();
        $this->data = $data;
        if ($connection->deferring && $this->mayBeDeferred($size)) {
            $flags = self::AND_RELEASE | self::DEFERRED | $identified;
            $request = \pack('NCCa8JN', $length, self::WRITE, $flags, $version, $token, $lifetime) . $reference . $data;
            if ($connection->sent($request)) {
                ++$this->deferredWrites;

                return;
            }
            // Not carried out, since it did not leave whole: now it is waited for, on a new connection.
        }
        $flags = self::AND_RELEASE | $identified;
        $request = \pack('NCCa8JN', $length, self::WRITE, $flags, $version, $token, $lifetime) . $reference;
        $answer = $connection->exchange($request, $data);
        $this->expect(self::WRITTEN, $answer);
        $this->version = \substr($answer, 5);
        $this->deferredWrites = 0;
        if ($user !== null) {
            $this->user->isPending = false;
        }
    }

    /**
     * Whether nobody needs to learn at once what becomes of a write.
     *
     * The version of a session that it makes is not known before the answer. session_regenerate_id() must not give a new id
     * to what was destroyed or written by another request meanwhile. A log-in may be one too many.
     */
    private function mayBeDeferred(int $size): bool
    {
        return $size <= self::DEFERRED_SIZE && $this->version !== self::NO_VERSION && $this->previous === null
            && !$this->user->isPending;
    }

    /** @throws Failure */
    private function touch(): void
    {
        $reference = $this->reference;
        $request = \pack(
            'NCCa8N',
            14 + \strlen($reference),
            self::TOUCH,
            self::AND_RELEASE,
            $this->presentVersion(),
            self::lifetime(),
        ) . $reference;
        $this->connection->tell($request, true);
    }

    /** The version that the session has when all that this request has sent was carried out. */
    private function presentVersion(): string
    {
        return $this->deferredWrites === 0
            ? $this->version
            : \pack('J', \unpack('J', $this->version)[1] + $this->deferredWrites);
    }

    private static function lifetime(): int
    {
        return Frame::u32((int) PoolSettings::get('session.gc_maxlifetime'));
    }

    /** Where PHP's own handler kept sessions, while the site moves. */
    private function old(): ?OldSessions
    {
        $savePath = $this->connection->readThrough;
        if ($this->old?->savePath !== $savePath) {
            $this->old = $savePath === '' ? null : new OldSessions($savePath);
        }

        return $this->old;
    }

    /** @throws Failure */
    private function requireReferenceTo(#[\SensitiveParameter] string $id): string
    {
        return $this->referenceTo($id)
            ?? throw new Failure('bad session id: an id has 1 to 256 characters of A-Z a-z 0-9 , -');
    }

    /** @throws Failure */
    private function expect(string $operation, #[\SensitiveParameter] string $answer): void
    {
        if ($answer[4] !== $operation) {
            throw $this->connection->unexpected();
        }
    }
}

/**
 * PHP's settings and functions, as they are in the pool that runs this.
 *
 * OPcache computes `ini_get()` and `function_exists()` of a name that stands in the code when it compiles the code, if a
 * request cannot change the answer: `php_admin_value`, `disable_functions`. All pools of one PHP-FPM share what is compiled, and
 * would share the settings of the pool whose request came first: its daemon's socket, for one. A name that is a parameter is asked
 * for each time.
 */
final class PoolSettings
{
    /** The value of a setting; empty when there is no such setting. */
    public static function get(string $name): string
    {
        return (string) \ini_get($name);
    }

    /** Changes a setting for the present request; false when the operator has fixed it, or has disabled the function. */
    public static function set(string $name, string $value): bool
    {
        return self::hasFunction('ini_set') && @\ini_set($name, $value) !== false;
    }

    /** Whether a configuration file, as php.ini, names a setting, with a value or without. Pool files do not count. */
    public static function isInFile(string $name): bool
    {
        return self::hasFunction('get_cfg_var') && \get_cfg_var($name) !== false;
    }

    /** Whether a variable of the environment is `off`, `0`, `no` or `false`. */
    public static function isSwitchedOff(string $variable): bool
    {
        $word = \getenv($variable);

        return $word !== false && \in_array(\strtolower($word), ['off', '0', 'no', 'false'], true);
    }

    /** Whether PHP has a function that operators may disable. */
    public static function hasFunction(string $name): bool
    {
        return \function_exists($name);
    }
}

/**
 * Takes a session that the daemon does not know from where PHP's own handler kept it, while a site moves (docs/moving-in.md).
 *
 * Who has the session's lock at the daemon and the file's lock has the session: other requests of this kind wait for the first, and
 * PHP's own handler for the second. The file is removed once the daemon has the session, and before anybody can use that.
 *
 * @internal for OpenSession
 */
final class ReadThrough
{
    private const READ = 2;
    private const RELEASE = "\0\0\0\x01\x05";
    private const DESTROY = 6;
    private const ADOPT = 15;

    private const FOUND = "\x82";
    private const ABSENT = "\x83";
    private const WRITTEN = "\x84";

    private const LOCK = 1;
    private const CONFLICT = 9;
    private const UNKNOWN = "\0";
    /** Reasons of ABSENT after which there may be a session: unreadable, other address, other agent. */
    private const NOT_OVER = ["\3", "\5", "\6"];
    /** How often somebody may get ahead, or the daemon be restarted. */
    private const ATTEMPTS = 3;

    /** Whether the session was taken over now. */
    public bool $hasAdopted = false;

    /**
     * @param string $reference how frames name the session
     * @param int    $wait      the longest wait for a lock, in milliseconds; 0 is the daemon's own limit
     */
    public function __construct(
        private readonly Connection $connection,
        private readonly OldSessions $files,
        #[\SensitiveParameter] private readonly string $id,
        #[\SensitiveParameter] private readonly string $reference,
        private readonly int $wait,
    ) {
    }

    /**
     * What READ is to be taken to have answered: FOUND for a session that was taken over now.
     *
     * @param string $answer   what it has answered
     * @param bool   $isLocked whether the connection has the session's lock by it
     *
     * @throws Failure
     */
    public function answer(#[\SensitiveParameter] string $answer, bool $isLocked): string
    {
        for ($attempt = 0; ; ++$attempt) {
            if (!$this->isUnknown($answer)) {
                $this->discard($answer);

                return $answer;
            }
            if (!$this->files->has($this->id)) {
                $this->files->check();

                return $answer;
            }
            try {
                if (!$isLocked || $attempt > 0) {
                    $answer = $this->readLocked();
                }
                if ($this->isUnknown($answer)) {
                    return $this->adopted($answer);
                }
            } catch (Failure $failure) {
                if ($failure->getCode() !== self::CONFLICT || $attempt === self::ATTEMPTS) {
                    throw $failure;
                }
            } finally {
                if (!$isLocked) {
                    $this->connection->locked = false;
                    $this->connection->tell(self::RELEASE, false);
                }
            }
        }
    }

    /** @return array<string, mixed> */
    public function __debugInfo(): array
    {
        return ['files' => $this->files];
    }

    private function isUnknown(#[\SensitiveParameter] string $answer): bool
    {
        return $answer[4] === self::ABSENT && $answer[6] === self::UNKNOWN;
    }

    /**
     * Removes the file of a session that is at the daemon, or was and is over: it must not come back.
     *
     * @throws Failure
     */
    private function discard(#[\SensitiveParameter] string $answer): void
    {
        if ($answer[4] !== self::ABSENT || !\in_array($answer[6], self::NOT_OVER, true)) {
            $this->files->discard($this->id);
        }
    }

    /** @throws Failure */
    private function readLocked(): string
    {
        $this->connection->locked = true;
        $answer = $this->connection->ask(Frame::of(self::READ, \pack('CN', self::LOCK, $this->wait) . $this->reference), '', $this->wait);
        $this->connection->locked = true;

        return $answer;
    }

    /**
     * Gives the daemon what is in the file, removes that, and answers as if the daemon had had it before.
     *
     * @throws Failure
     */
    private function adopted(#[\SensitiveParameter] string $absent): string
    {
        $connection = $this->connection;
        $limit = $connection->lockWait;
        $file = $this->files->open($this->id, $this->wait === 0 ? $limit : \min($this->wait, $limit));
        if ($file === null) {
            return $absent;
        }
        if ($file->size === 0) {
            // Of a session_start() that has stored nothing.
            $this->files->remove($file);

            return $absent;
        }
        if ($file->size > $connection->maxSize) {
            throw Connection::tooLarge($file->size, $connection->maxSize);
        }
        $data = $file->contents();
        // PHP does not know when it was made.
        $times = \pack('JJN', $file->seen, $file->seen, Frame::u32((int) PoolSettings::get('session.gc_maxlifetime')));
        $length = 21 + \strlen($this->reference) + \strlen($data);
        $answer = $connection->ask(\pack('NC', $length, self::ADOPT) . $times . $this->reference, $data);
        if ($answer[4] === self::ABSENT) {
            // Its time is over, or it was here and has ended.
            if (!\in_array($answer[6], self::NOT_OVER, true)) {
                $this->files->remove($file);
            }

            return $answer;
        }
        if ($answer[4] !== self::WRITTEN) {
            throw $connection->unexpected();
        }
        if (!$this->files->remove($file)) {
            $connection->ask(Frame::of(self::DESTROY, $this->reference));
            $connection->locked = false;
            throw OldSessions::unremovable();
        }
        $this->hasAdopted = true;

        return "\0\0\0\0" . self::FOUND . $absent[5] . \substr($answer, 5) . $data;
    }
}

/**
 * "Remember me": a cookie by which an application knows a user again whose session is over. Only for users who want that.
 *
 *     // After a log-in with the box ticked:
 *     Cloakroom\RememberMe::issue($account->id);
 *
 *     // On each page, when the session has no user:
 *     $user = Cloakroom\RememberMe::redeem();
 *     if ($user !== null && ($account = find($user))) {
 *         session_regenerate_id(true);
 *         $_SESSION['user'] = $user;
 *         $_SESSION['loggedIn'] = Cloakroom\RememberMe::issuedAt()->getTimestamp();
 *         Cloakroom\Session::identify($user);
 *     }
 *
 *     // When the user logs out:
 *     Cloakroom\RememberMe::forget();
 *     session_destroy();
 *
 * What the cookie has is good for one use, and is then replaced; the daemon stores a hash of it. It ends with the session that it has begun
 * or that was open when it was issued, when that is destroyed or ended by Session::end(), and not when it times out. Session::endAll() and
 * endOthers() end all of a user's. No session need be open, but the answer's headers must not have been sent.
 */
final class RememberMe
{
    private const REMEMBER = 12;
    private const REDEEM = 13;
    private const FORGET = 14;
    private const DESTROYED = "\x85";
    private const ISSUED = "\x8b";
    private const REMEMBERED = "\x8c";
    private const NOT_REMEMBERED = "\x8d";

    private const TOKEN_SIZE = 48;
    private const MAX_USER = 255;

    /** The connection that was made while no session was open, and where to. */
    private static ?Connection $connection = null;
    private static string $address = '';
    private static ?\DateTimeImmutable $issued = null;

    /**
     * Sets a cookie by which this browser's user is known again, for as long as `remember_me.lifetime` says. One that the browser has
     * ends.
     *
     * @param string|int $user what the application calls the user, as in Session::identify()
     *
     * @throws SessionException
     */
    public static function issue(#[\SensitiveParameter] string|int $user): void
    {
        $user = (string) $user;
        if ($user === '' || \strlen($user) > self::MAX_USER) {
            throw new SessionException('the name of a user has 1 to ' . self::MAX_USER . ' bytes');
        }
        self::requireHeaders();
        $token = self::token();
        if ($token !== null) {
            self::ask(self::FORGET, $token, self::DESTROYED);
        }
        $answer = self::ask(self::REMEMBER, \chr(\strlen($user)) . $user, self::ISSUED);
        self::keep(\substr($answer, 5));
    }

    /**
     * The user whom this browser's cookie stands for; null when it has none, or none that is any good, which is then deleted.
     *
     * The cookie gets a new value, unless another request of this browser has got one a moment ago.
     *
     * @throws SessionException when it cannot be said whose it is; the cookie is as good as before
     */
    public static function redeem(): ?string
    {
        self::$issued = null;
        if (self::cookie() === '') {
            return null;
        }
        self::requireHeaders();
        $token = self::token();
        $answer = $token === null ? '' : self::ask(self::REDEEM, $token, self::REMEMBERED, self::NOT_REMEMBERED);
        if ($answer === '' || $answer[4] === self::NOT_REMEMBERED) {
            self::delete();

            return null;
        }
        $offset = 6;
        if ($answer[5] !== "\0") {
            self::keep(\substr($answer, $offset));
            $offset += self::TOKEN_SIZE + 4;
        }
        self::$issued = new \DateTimeImmutable('@' . \unpack('J', $answer, $offset)[1]);

        return \substr($answer, $offset + 9);
    }

    /**
     * When issue() was called for the cookie by which this request's redeem() has known the user: the time of the log-in, if the
     * application calls it there; null when redeem() has named no user.
     *
     * A session that begins so is not a log-in. To keep in it when that was lets a page that needs more than to know who it is ask for a
     * new one.
     */
    public static function issuedAt(): ?\DateTimeImmutable
    {
        return self::$issued;
    }

    /**
     * Deletes this browser's cookie, and ends what it stands for.
     *
     * @throws SessionException when that could not be ended; the cookie is deleted
     */
    public static function forget(): void
    {
        if (self::cookie() === '') {
            return;
        }
        self::requireHeaders();
        $token = self::token();
        self::delete();
        if ($token !== null) {
            self::ask(self::FORGET, $token, self::DESTROYED);
        }
    }

    /**
     * The connection on which the daemon has learnt of this browser's cookie before a session was opened, if it is one to this address.
     * The session goes on with it, so that it is linked to what the cookie stands for, and ends that with it.
     *
     * @internal for SessionHandler
     */
    public static function connectionTo(string $address): ?Connection
    {
        return self::$address === $address ? self::$connection : null;
    }

    /** What the browser has; empty for nothing. */
    private static function cookie(): string
    {
        $cookie = $_COOKIE[self::name()] ?? '';

        return \is_string($cookie) ? $cookie : '-';
    }

    /** The token in it; null when it has none. */
    private static function token(): ?string
    {
        $cookie = self::cookie();

        return \preg_match('/^[A-Za-z0-9_-]{64}$/D', $cookie) === 1 ? \base64_decode(\strtr($cookie, '-_', '+/'), true) : null;
    }

    /** Sets the cookie. The fields are a token, for how long, and what may follow. */
    private static function keep(#[\SensitiveParameter] string $fields): void
    {
        $value = \strtr(\base64_encode(\substr($fields, 0, self::TOKEN_SIZE)), '+/', '-_');
        self::setCookie($value, \time() + \unpack('N', $fields, self::TOKEN_SIZE)[1]);
        // For the rest of this request: it is what the browser has from now on.
        $_COOKIE[self::name()] = $value;
    }

    private static function delete(): void
    {
        self::setCookie('', 1);
        unset($_COOKIE[self::name()]);
    }

    private static function setCookie(#[\SensitiveParameter] string $value, int $expires): void
    {
        \setcookie(self::name(), $value, [
            'expires' => $expires,
            'path' => '/',
            'secure' => CookieSettings::isHttps(),
            'httponly' => true,
            'samesite' => 'Lax',
        ]);
    }

    /** With this prefix a browser takes it from no other host, and by HTTPS only. */
    private static function name(): string
    {
        return CookieSettings::isHttps() ? '__Host-remember' : 'remember';
    }

    /** @throws SessionException */
    private static function requireHeaders(): void
    {
        if (\headers_sent()) {
            throw new SessionException('the cookie can no longer be set: this has to be called before any output');
        }
    }

    /**
     * @return string the frame of the answer
     *
     * @throws SessionException
     */
    private static function ask(int $operation, #[\SensitiveParameter] string $fields, string ...$expected): string
    {
        // Not one of its own beside that of an open session: to PHP both are one socket, and to the daemon one client, which would give
        // back the session's lock.
        $connection = SessionHandler::connection()
            ?? (self::$connection ??= new Connection(self::$address = SocketAddress::find((string) \session_save_path())));
        try {
            $answer = $connection->ask(Frame::of($operation, $fields));
            if (!\in_array($answer[4], $expected, true)) {
                throw $connection->unexpected();
            }
        } catch (Failure $failure) {
            throw new SessionException($failure->getMessage(), $failure->getCode());
        }

        return $answer;
    }
}

/** What the present request is, for people who look for the holder of a lock. */
final class RequestLabel
{
    private const MAX_SIZE = 200;

    /**
     * The method and the path, or the name of the script that is run from the command line; at most 200 bytes of UTF-8
     * without control characters.
     *
     * The query and a script's arguments are left out, since they may have secrets in them.
     */
    public static function current(): string
    {
        // Not $_SERVER: PHP fills that only in requests whose code names it, and with this all would.
        $method = (string) \getenv('REQUEST_METHOD');
        $path = (string) (\getenv('REQUEST_URI') ?: \getenv('SCRIPT_NAME'));
        if ($method === '') {
            [$method, $path] = self::fromServer();
        }
        $label = $method === '' ? $path : $method . ' ' . \substr($path, 0, \strcspn($path, '?#'));
        if (\strlen($label) > self::MAX_SIZE) {
            $label = \substr($label, 0, self::MAX_SIZE);
        }
        if (\preg_match('/^[ -~]*$/D', $label) === 1) {
            return $label;
        }

        return \preg_replace('/\p{Cc}/u', '?', $label) ?? (string) \preg_replace('/[^ -~]/', '?', $label);
    }

    /**
     * Method and path where getenv() does not have them: on the command line, and in PHP's own web server.
     *
     * @return array{string, string}
     */
    private static function fromServer(): array
    {
        if (!isset($GLOBALS['_SERVER']) && PoolSettings::hasFunction('filter_has_var')) {
            // Makes PHP fill it.
            \filter_has_var(\INPUT_SERVER, 'SCRIPT_NAME');
        }
        $values = [];
        foreach (['REQUEST_METHOD', 'REQUEST_URI', 'SCRIPT_NAME'] as $name) {
            $value = $GLOBALS['_SERVER'][$name] ?? '';
            $values[] = \is_string($value) ? $value : '';
        }

        return [$values[0], $values[0] !== '' && $values[1] !== '' ? $values[1] : $values[2]];
    }
}

/** What an application can ask about its session. */
final class Session
{
    /** It was not used for too long. */
    public const IDLE = 'idle';
    /** It has lived for as long as a session may. */
    public const ABSOLUTE = 'absolute';
    /** It belongs to a browser in another network. */
    public const ADDRESS = 'address';
    /** It belongs to another browser. */
    public const AGENT = 'user agent';
    /** There is no such session, or there has been none for a long time. */
    public const UNKNOWN = 'unknown id';
    /** It was destroyed while this request waited for it, or before, while the site moves (`sessions.read_through`). */
    public const DESTROYED = 'destroyed';
    /** Its id was replaced by another. */
    public const REUSED = 'reused';

    private static ?string $rejection = null;

    /**
     * Why the session that the browser asked for was refused, so that it got a new and empty one; null when it was not.
     *
     *     session_start();
     *     if (Cloakroom\Session::rejection() === Cloakroom\Session::IDLE) {
     *         echo 'Your session has timed out. Please log in again.';
     *     }
     *
     * One of the constants of this class. It is that of the last session_start() of the present request.
     */
    public static function rejection(): ?string
    {
        return self::$rejection;
    }

    /**
     * Says that this session belongs to a user, from the end of the request or session_write_close() on: after a log-in. With an
     * empty string it belongs to nobody any more: after a log-out that keeps the session. For the user whose it is already, the time of the
     * log-in begins anew: call it when a user has shown who he is, not in every request.
     *
     *     session_regenerate_id(true);
     *     Cloakroom\Session::identify($account->id);
     *
     * @param string|int $user what the application calls the user: up to 255 bytes that stay the same. It is stored sealed.
     *
     * @throws SessionException
     */
    public static function identify(#[\SensitiveParameter] string|int $user): void
    {
        self::requests()->identify((string) $user);
    }

    /**
     * A user's sessions, the one used last in front, at most 1,000: what was stored, so this one only if it belonged to the user before
     * this request.
     *
     * @param ?string $user null: the user of this session
     *
     * @return list<UserSession>
     *
     * @throws SessionException
     */
    public static function sessions(#[\SensitiveParameter] ?string $user = null): array
    {
        return UserSession::listOf(self::requests()->list($user));
    }

    /**
     * Ends one of the sessions of the user of this session; false when there is none with this tag.
     *
     * @param string $tag as UserSession has it
     *
     * @throws SessionException
     */
    public static function end(string $tag): bool
    {
        if (\preg_match('/^[0-9a-f]{12}$/D', $tag) !== 1) {
            throw new SessionException('the tag of a session has 12 hexadecimal digits');
        }

        return self::requests()->end(2, null, \hex2bin($tag)) > 0;
    }

    /**
     * Ends all other sessions of the user of this session, and answers how many.
     *
     * @throws SessionException
     */
    public static function endOthers(): int
    {
        return self::requests()->end(1, null);
    }

    /**
     * Ends all sessions of a user, and answers how many. If this one is among them, what the request still changes in it is not kept.
     *
     * @param ?string $user null: the user of this session
     *
     * @throws SessionException
     */
    public static function endAll(#[\SensitiveParameter] ?string $user = null): int
    {
        return self::requests()->end(0, $user);
    }

    /** @internal for SessionHandler */
    public static function noteRejection(?string $reason): void
    {
        self::$rejection = $reason;
    }

    /** @throws SessionException */
    private static function requests(): UserRequests
    {
        return new UserRequests(SessionHandler::active());
    }
}

/**
 * A method of Session or RememberMe could not do what it is for: there is no open session that Cloakroom keeps, the session belongs to
 * no user, or the daemon has refused or failed. The message has neither a session id, a token nor the user in it.
 */
final class SessionException extends \RuntimeException
{
}

/**
 * Keeps PHP's sessions in cloakroomd.
 *
 *     session_set_save_handler(new Cloakroom\SessionHandler(), false);
 *
 * Give `false`: PHP then saves at the end of the request, as with its own handlers. `prepend.php` does this and the
 * settings that belong to it.
 *
 * A failure is an E_USER_WARNING that says what failed, and `false`: never an empty session in place of an error. The
 * application may turn the warning into an exception, after which PHP does not call `close`; so each method gives back
 * the session's lock before it warns.
 */
final class SessionHandler implements
    \SessionHandlerInterface,
    \SessionIdInterface,
    \SessionUpdateTimestampHandlerInterface
{
    private const GC = 7;
    private const COLLECTED = "\x86";

    private const MAX_NAME = 255;
    /** Memory that saving a session may take besides that for its data, in bytes. */
    private const ROOM = 4 << 20;

    /** Null until the handler is opened. */
    private ?OpenSession $session = null;
    /** The handler that was opened last. */
    private static ?self $last = null;
    /** What readOnly() has chosen for the next session; null when it was not called. */
    private static ?bool $next = null;

    /**
     * @param ?string $socket   the daemon's socket, with `?pool=NAME` behind it if a pool is to be named; without it see
     *                          SocketAddress::find()
     * @param ?bool   $readOnly whether sessions are read-only unless readOnly() says otherwise; without it they are when
     *                          `CLOAKROOM_READ_ONLY` is `1`, `on`, `yes` or `true`
     */
    public function __construct(private readonly ?string $socket = null, private readonly ?bool $readOnly = null)
    {
    }

    /**
     * Makes the session that the next session_start() of this request opens a read-only one, or not.
     *
     * A read-only session is what was last written: the request neither waits for others nor keeps them waiting. What it
     * changes in the session is not saved, with a warning; the session can get no new id and cannot be destroyed.
     */
    public static function readOnly(bool $readOnly = true): void
    {
        if (\session_status() === \PHP_SESSION_ACTIVE) {
            self::warn('readOnly() is for the next session, and one is open: call it before session_start()');

            return;
        }
        self::$next = $readOnly;
    }

    public function open(string $path, string $name): bool
    {
        if ($name === '' || \strlen($name) > self::MAX_NAME) {
            return self::warn('the name of a session has 1 to ' . self::MAX_NAME . ' bytes');
        }
        if ($this->session === null) {
            $address = $this->socket ?? SocketAddress::find($path);
            $connection = \class_exists(RememberMe::class, false) ? RememberMe::connectionTo($address) : null;
            $this->session = new OpenSession($connection ?? new Connection($address, !CallStack::isCalledByPhp()));
            \register_shutdown_function($this->abandon(...));
        }
        $session = $this->session;
        if ($session->name === null || $session->id === null) {
            // Otherwise it is session_reset(), which opens once more what it has.
            $session->isReadOnly = self::$next ?? $this->readOnly ?? self::isReadOnlyByEnvironment();
            self::$next = null;
            if ($session->previous === null || !CallStack::isRegenerating()) {
                $session->previous = null;
                $session->user->forget();
                Session::noteRejection(null);
            }
        }
        $session->name = $name;
        self::$last = $this;

        return true;
    }

    public function close(): bool
    {
        if ($this->session !== null) {
            $this->session->forget();
            $this->session->name = null;
        }

        return true;
    }

    /** Whether PHP has used this handler in the present request. */
    public function wasOpened(): bool
    {
        return $this->session !== null;
    }

    /** Makes an id. PHP calls this without `open`, too. */
    public function create_sid(): string
    {
        return SessionId::generate();
    }

    /**
     * Whether there is such a session. Fetches and locks it, so that the `read` that follows sends nothing.
     *
     * While the request has a session already, this is session_create_id() asking for a collision: the session that
     * the request has stays locked.
     */
    public function validateId(#[\SensitiveParameter] string $id): bool
    {
        $session = $this->session;
        if ($session?->name === null) {
            // The application has put callbacks of its own in place of this object, and PHP has kept this method.
            return true;
        }
        $reference = $session->referenceTo($id);
        if ($reference === null) {
            return false;
        }
        if ($session->id !== null && $session->id !== $id && !$session->isAhead) {
            return $this->exists($id, $reference);
        }
        try {
            $session->fetch($id, $reference, true);
        } catch (Failure $failure) {
            // "No" would give the visitor a new, empty session in place of an error.
            $session->forget();
            $session->id = $id;
            $session->failure = $failure;

            return true;
        }
        if ($session->isUnreadable) {
            $session->forget();
            self::warnUnreadable();

            return false;
        }
        if ($session->data === null && $session->previous === null) {
            Session::noteRejection($session->rejection());
        }

        return $session->data !== null;
    }

    public function read(#[\SensitiveParameter] string $id): string|false
    {
        try {
            $session = $this->requireSession();
            if (!$session->isAhead || $session->id !== $id) {
                $session->failure !== null && $session->id === $id ? throw $session->failure : $session->fetch($id);
            }
            if ($session->isUnreadable) {
                $session->forget();
                self::warnUnreadable();
                $session->fetch($id);
            }
        } catch (Failure $failure) {
            return $this->failed($failure);
        }
        if ($session->data === null && $session->isOthers()) {
            // Only without session.use_strict_mode; with it the visitor has got a new id by now.
            return $this->failed(new Failure('the session belongs to another browser, and is refused'));
        }
        $session->isAhead = false;
        // Not in validateId(), out of which PHP makes something else of an exception.
        if ($session->connection->unwritten !== '') {
            $this->reportUnwritten();
        }

        return $session->data ?? '';
    }

    /** Stores the session and unlocks it; of a session that has not changed, only the expiry is moved. */
    public function write(#[\SensitiveParameter] string $id, #[\SensitiveParameter] string $data): bool
    {
        $session = $this->session;
        if ($session === null || $session->id !== $id || $session->isAhead || $session->failure !== null) {
            $session?->forget();

            return self::warn('a session that was not read is not written');
        }
        if ($session->hasEnded) {
            $session->forget();

            return true;
        }
        if ($session->isReadOnly && ($refusal = self::refusalToWrite($session, $data)) !== null) {
            $session->forget();

            return self::warn($refusal);
        }
        try {
            $session->save($data, CallStack::isRegenerating());
        } catch (Failure $failure) {
            return $this->failed($failure);
        }
        if ($session->connection->unwritten !== '') {
            $this->reportUnwritten();
        }

        return true;
    }

    /** Only called with `session.lazy_write` on, which `prepend.php` switches off; true without `open`, see there. */
    public function updateTimestamp(#[\SensitiveParameter] string $id, #[\SensitiveParameter] string $data): bool
    {
        return $this->session?->name === null || $this->write($id, $data);
    }

    public function destroy(#[\SensitiveParameter] string $id): bool
    {
        if ($this->session?->isReadOnly) {
            $this->session->forget();

            return self::warn('the session was opened read-only, and is not destroyed');
        }
        try {
            $session = $this->requireSession();
            $wasThere = $session->destroy($id, CallStack::isRegenerating());
        } catch (Failure $failure) {
            return $this->failed($failure);
        }
        $this->reportUnwritten();
        $isGone = false;
        if ($session->id === $id) {
            $isGone = $session->data !== null && !$wasThere;
            $session->forget();
        }

        // With "true" session_regenerate_id(true) would give what was destroyed a new id.
        return !$isGone || self::warn('gone: another request has destroyed the session since this one read it');
    }

    public function gc(int $max_lifetime): int|false
    {
        try {
            $connection = $this->requireSession()->connection;
            $answer = $connection->ask(Frame::of(self::GC, \pack('N', Frame::u32($max_lifetime))));
            if ($answer[4] !== self::COLLECTED) {
                throw $connection->unexpected();
            }
        } catch (Failure $failure) {
            $this->session?->connection->release();
            $this->reportUnwritten();

            return self::warn($failure->getMessage());
        }
        $this->reportUnwritten();

        return \unpack('N', $answer, 5)[1];
    }

    /**
     * The open session.
     *
     * @internal for Session
     *
     * @throws SessionException
     */
    public static function active(): OpenSession
    {
        $session = self::$last?->session;
        if (\session_status() !== \PHP_SESSION_ACTIVE || $session?->name === null || $session->id === null) {
            throw new SessionException('there is no open session that Cloakroom keeps: call session_start() before');
        }

        return $session;
    }

    /**
     * The connection of the handler that was opened last.
     *
     * @internal for RememberMe
     */
    public static function connection(): ?Connection
    {
        return self::$last?->session?->connection;
    }

    /** @return array<string, mixed> without ids and session data */
    public function __debugInfo(): array
    {
        $connection = $this->session?->connection;

        return ['connection' => $connection, 'open' => $this->session?->name !== null, 'locked' => (bool) $connection?->locked];
    }

    /** @return never */
    public function __serialize(): array
    {
        throw new \LogicException(self::class . ' cannot be serialized: it has session data');
    }

    /** Whether there is such a session, without locking it. With an error: yes, so that PHP does not use the id. */
    private function exists(#[\SensitiveParameter] string $id, #[\SensitiveParameter] string $reference): bool
    {
        try {
            return $this->session->exists($id, $reference);
        } catch (Failure $failure) {
            $this->session->connection->release();
            self::warn($failure->getMessage());

            return true;
        }
    }

    /** Says which earlier writes were not carried out, of this request or of an earlier one in this PHP process. */
    private function reportUnwritten(): void
    {
        $connection = $this->session?->connection;
        if ($connection === null || $connection->unwritten === '') {
            return;
        }
        $reasons = $connection->unwritten;
        $connection->unwritten = '';
        try {
            self::warn("an earlier write of this worker was not stored: $reasons");
        } catch (\Throwable $throwable) {
            // The application's handler: PHP does not call close after that.
            $this->session->forget();
            throw $throwable;
        }
    }

    /** Why a read-only session cannot be written; null when there is nothing to write. */
    private static function refusalToWrite(OpenSession $session, #[\SensitiveParameter] string $data): ?string
    {
        if ($data !== ($session->data ?? '')) {
            return 'the session was opened read-only, and what has changed in it is not saved';
        }
        // session_regenerate_id() saves the session before it makes a new one, which would then not be stored, while
        // the visitor has its id: refused here, the visitor keeps the session and its id.
        if (CallStack::isRegenerating()) {
            return 'the session was opened read-only, and gets no new id';
        }

        return null;
    }

    /** @throws Failure */
    private function requireSession(): OpenSession
    {
        if ($this->session?->name === null) {
            throw new Failure('the save handler is used before it was opened');
        }

        return $this->session;
    }

    /**
     * Called before PHP saves the session at the end of the request. After a fatal error within one of this object's
     * methods (the memory limit, max_execution_time) PHP takes the session for closed, and does not call `close`.
     */
    private function abandon(): void
    {
        $connection = $this->session->connection;
        if ($connection->busy || \session_status() !== \PHP_SESSION_ACTIVE) {
            $this->session->forget();
        } elseif ($connection->locked && !Memory::reserve(self::ROOM + 2 * \strlen($this->session->data ?? ''))) {
            // PHP cannot be sure to encode the session, and this object to store it. It would die of its memory limit in
            // the midst of that, call nobody any more, and keep the connection with its lock. So that is given back where
            // the limit is fixed: the session may still be stored, if nobody else stores it before.
            $connection->release();
        }
    }

    private static function isReadOnlyByEnvironment(): bool
    {
        $word = \getenv('CLOAKROOM_READ_ONLY');

        return $word !== false && \in_array(\strtolower($word), ['1', 'on', 'yes', 'true'], true);
    }

    /** Gives back the lock, and says what failed. */
    private function failed(Failure $failure): bool
    {
        $this->session?->forget();
        $this->reportUnwritten();

        return self::warn($failure->getMessage());
    }

    private static function warnUnreadable(): void
    {
        self::warn('the stored session did not authenticate (damaged or tampered with), and is treated as absent');
    }

    /** The application's error handler may throw here: every lock must have been given back. */
    private static function warn(string $message): bool
    {
        \trigger_error("Cloakroom: $message", \E_USER_WARNING);

        return false;
    }
}

/** Makes and checks session ids. */
final class SessionId
{
    private const CHARACTERS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,-';
    private const LEAST_BITS = 128;

    /**
     * A new id from the system's random numbers, every character equally likely.
     *
     * Follows `session.sid_length` and `session.sid_bits_per_character`. Where these give fewer than 128 bits the id is
     * made longer, unless the operator has set `CLOAKROOM_STRICT=off`.
     *
     * @throws \Random\RandomException|\Exception when the system has no random numbers
     */
    public static function generate(): string
    {
        $length = (int) PoolSettings::get('session.sid_length') ?: 32;
        $bits = (int) PoolSettings::get('session.sid_bits_per_character') ?: 4;
        if ($length * $bits < self::LEAST_BITS && self::isStrict()) {
            $length = \intdiv(self::LEAST_BITS + $bits - 1, $bits);
        }
        if ($bits === 4) {
            return \substr(\bin2hex(\random_bytes(\intdiv($length + 1, 2))), 0, $length);
        }
        // 32 and 64 divide 256, so cutting a random byte to five or six bits favours no character.
        $mask = (1 << $bits) - 1;
        $id = '';
        foreach (\unpack('C*', \random_bytes($length)) as $byte) {
            $id .= self::CHARACTERS[$byte & $mask];
        }

        return $id;
    }

    /** Whether the daemon would take this id: 1 to 256 of `[A-Za-z0-9,-]`. */
    public static function isValid(#[\SensitiveParameter] string $id): bool
    {
        // Compiled once by each PHP process; strspn() compares each character with each that is allowed.
        return \preg_match('/^[A-Za-z0-9,-]{1,256}$/D', $id) === 1;
    }

    /** False when the operator has switched strictness off: `CLOAKROOM_STRICT` is `off`, `0`, `no` or `false`. */
    public static function isStrict(): bool
    {
        return !PoolSettings::isSwitchedOff('CLOAKROOM_STRICT');
    }
}

/** Where the daemon's socket is, when the application does not say, and which pool is meant there. */
final class SocketAddress
{
    public const DEFAULT = '/run/cloakroom/php.sock';
    public const SCHEME = 'unix://';
    private const POOL = '?pool=';
    /** What HELLO has room for; the daemon takes 64 characters. */
    private const MAX_POOL = 255;

    /**
     * The socket's path, with `?pool=NAME` behind it where a pool is named: `CLOAKROOM_SOCKET`, else the save path when it is
     * a `unix://` address, else the default; the pool is `CLOAKROOM_POOL`, else that of the address.
     *
     * getenv() also sees what FPM's `env[…]` and the web server's `fastcgi_param` set.
     */
    public static function find(string $savePath): string
    {
        $address = \getenv('CLOAKROOM_SOCKET');
        if ($address === false || $address === '') {
            $address = \str_starts_with($savePath, self::SCHEME) ? $savePath : self::DEFAULT;
        }
        $address = \str_starts_with($address, self::SCHEME) ? \substr($address, \strlen(self::SCHEME)) : $address;
        $pool = \getenv('CLOAKROOM_POOL');

        return $pool === false || $pool === '' ? $address : self::parts($address)[0] . self::POOL . $pool;
    }

    /**
     * The path and the pool of what find() returns; the pool is '' when none is named.
     *
     * @return array{string, string}
     */
    public static function parts(string $address): array
    {
        $parts = \explode(self::POOL, $address, 2);

        return [$parts[0], \substr($parts[1] ?? '', 0, self::MAX_POOL)];
    }
}

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

/**
 * What an open session may ask of the daemon about the sessions of its user, and of others.
 *
 * @internal for Session
 */
final class UserRequests
{
    private const SESSIONS = 10;
    private const END = 11;

    private const SESSIONS_ARE = "\x89";
    private const ENDED = "\x8a";

    public function __construct(private readonly OpenSession $session)
    {
    }

    /** @throws SessionException */
    public function identify(#[\SensitiveParameter] string $user): void
    {
        if ($this->session->isReadOnly) {
            throw new SessionException('the session was opened read-only, and whom it belongs to is not saved');
        }
        $this->session->user->identify($user);
    }

    /**
     * @return string the frame that lists a user's sessions
     *
     * @throws SessionException
     */
    public function list(#[\SensitiveParameter] ?string $user): string
    {
        return $this->ask(self::SESSIONS, '', $user, '', self::SESSIONS_ARE);
    }

    /**
     * Ends sessions of a user, and answers how many.
     *
     * @param int    $which as the field of END
     * @param string $tag   of the one, if it is one
     *
     * @throws SessionException
     */
    public function end(int $which, #[\SensitiveParameter] ?string $user, string $tag = ''): int
    {
        $answer = $this->ask(self::END, \chr($which), $user, $tag, self::ENDED);
        if ($answer[5] !== "\0") {
            $this->session->noteEnd();
        }

        return \unpack('N', $answer, 6)[1];
    }

    /** @throws SessionException */
    private function ask(
        int $operation,
        string $which,
        #[\SensitiveParameter] ?string $user,
        string $tag,
        string $expected,
    ): string {
        $connection = $this->session->connection;
        $fields = $which . $this->session->user->field($user, $connection->sessionKey) . $this->session->reference . $tag;
        try {
            $answer = $connection->ask(Frame::of($operation, $fields));
            if ($answer[4] !== $expected) {
                throw $connection->unexpected();
            }
        } catch (Failure $failure) {
            throw new SessionException($failure->getMessage(), $failure->getCode());
        }

        return $answer;
    }
}

/** One of a user's sessions, as Session::sessions() lists them. */
final class UserSession
{
    /**
     * @param string             $tag       how it is named, for Session::end(): 12 hexadecimal digits that do not lead to the id
     * @param \DateTimeImmutable $created   when the first of its ids was made
     * @param \DateTimeImmutable $lastSeen  when it was last used
     * @param string             $network   where it was made, such as `192.0.0.0/16`; empty when that is not known
     * @param string             $browser   by what, such as `Firefox on Windows`; empty when that is not known
     * @param bool               $isCurrent whether it is the one of this request
     */
    public function __construct(
        public readonly string $tag,
        public readonly \DateTimeImmutable $created,
        public readonly \DateTimeImmutable $lastSeen,
        public readonly string $network,
        public readonly string $browser,
        public readonly bool $isCurrent,
    ) {
    }

    /**
     * @internal for Session
     *
     * @return list<self> what a frame of the daemon lists
     */
    public static function listOf(string $frame): array
    {
        $sessions = [];
        $offset = 7;
        for ($count = \unpack('n', $frame, 5)[1]; $count > 0; --$count) {
            ['flags' => $flags, 'created' => $created, 'seen' => $seen] = \unpack('Cflags/Jcreated/Jseen', $frame, $offset + 6);
            $tag = \bin2hex(\substr($frame, $offset, 6));
            $offset += 23;
            $texts = [];
            for ($text = 0; $text < 2; ++$text) {
                $length = \ord($frame[$offset]);
                $texts[] = \substr($frame, $offset + 1, $length);
                $offset += 1 + $length;
            }
            $sessions[] = new self(
                $tag,
                new \DateTimeImmutable("@$created"),
                new \DateTimeImmutable("@$seen"),
                $texts[0],
                $texts[1],
                $flags !== 0,
            );
        }

        return $sessions;
    }
}
