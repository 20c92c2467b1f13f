<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

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
    private const READ = 2;
    private const WRITE = 3;
    private const TOUCH = 4;
    private const DESTROY = 6;
    private const GC = 7;
    private const RETIRE = 9;
    private const SESSIONS = 10;
    private const END = 11;

    private const FOUND = "\x82";
    private const ABSENT = "\x83";
    private const WRITTEN = "\x84";
    private const DESTROYED = "\x85";
    private const COLLECTED = "\x86";
    private const SESSIONS_ARE = "\x89";
    private const ENDED = "\x8a";

    private const LOCK = 1;
    private const PRESENTED = 2;
    private const REPLACES = 4;
    private const AND_RELEASE = 1;
    private const DEFERRED = 2;
    private const IDENTIFIED = 4;
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

    private const MAX_NAME = 255;
    private const MAX_U32 = 0xffffffff;
    /** Longest wait for a lock that a READ can ask for, in seconds: its field has 32 bits of milliseconds. */
    private const MAX_WAIT = 4_294_967;
    /** Data up to this size, in bytes, need not be waited for; a frame of more than 16 KiB may be one too many. */
    private const DEFERRED_SIZE = 15 << 10;
    /** Memory that saving a session may take besides that for its data, in bytes. */
    private const ROOM = 4 << 20;

    private ?Connection $connection = null;
    /** The session's name, while the handler is open. */
    private ?string $name = null;
    /** The session that was read: what follows belongs to it. */
    private ?string $id = null;
    /** As the daemon sends it, since nothing is calculated with it. */
    private string $version = self::NO_VERSION;
    /** How many writes were sent since, and not waited for: each adds one to the version. */
    private int $deferredWrites = 0;
    /** How frames name that session: its name and id. */
    private string $reference = '';
    /** What is stored, as far as this request knows; null when there is no such session. */
    private ?string $data = null;
    private bool $unreadable = false;
    /** Why there is no such session; a reason of ABSENT. */
    private string $absence = '';
    /** The session whose place the next one takes, while session_regenerate_id() is at work. */
    private ?string $previous = null;
    /** True when `validateId` has fetched the session and `read` has not been called for it yet. */
    private bool $ahead = false;
    /** Why `validateId` could not fetch the session, for `read` to report. */
    private ?Failure $failure = null;
    /** True when the session is read-only: read without its lock, and not written. */
    private bool $snapshot = false;
    private readonly CurrentUser $user;
    /** Whether this request has ended its own session, with others of the user. */
    private bool $hasEnded = false;
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
        $this->user = new CurrentUser();
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
        if ($this->connection === null) {
            $this->connection = new Connection($this->socket ?? SocketAddress::find($path), !self::isCalledByPhp());
            \register_shutdown_function($this->abandon(...));
        }
        if ($this->name === null || $this->id === null) {
            // Otherwise it is session_reset(), which opens once more what it has.
            $this->snapshot = self::$next ?? $this->readOnly ?? self::isReadOnlyByEnvironment();
            self::$next = null;
            if ($this->previous === null || !self::isRegenerating()) {
                $this->previous = null;
                $this->user->forget();
                Session::noteRejection(null);
            }
        }
        $this->name = $name;
        self::$last = $this;

        return true;
    }

    public function close(): bool
    {
        $this->forget();
        $this->name = null;

        return true;
    }

    /** Whether PHP has used this handler in the present request. */
    public function wasOpened(): bool
    {
        return $this->connection !== null;
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
        if ($this->name === null) {
            // The application has put callbacks of its own in place of this object, and PHP has kept this method.
            return true;
        }
        $reference = $this->reference($id);
        if ($reference === null) {
            return false;
        }
        if ($this->id !== null && $this->id !== $id && !$this->ahead) {
            return $this->exists($reference);
        }
        try {
            $this->fetch($id, $reference, self::PRESENTED);
        } catch (Failure $failure) {
            // "No" would give the visitor a new, empty session in place of an error.
            $this->forget();
            $this->id = $id;
            $this->failure = $failure;

            return true;
        }
        if ($this->unreadable) {
            $this->forget();
            $this->warnUnreadable();

            return false;
        }
        if ($this->data === null && $this->previous === null) {
            Session::noteRejection(self::REJECTIONS[$this->absence] ?? Session::UNKNOWN);
        }

        return $this->data !== null;
    }

    public function read(#[\SensitiveParameter] string $id): string|false
    {
        try {
            if (!$this->ahead || $this->id !== $id) {
                $this->failure !== null && $this->id === $id ? throw $this->failure : $this->fetch($id);
            }
            if ($this->unreadable) {
                $this->forget();
                $this->warnUnreadable();
                $this->fetch($id);
            }
        } catch (Failure $failure) {
            return $this->failed($failure);
        }
        if ($this->data === null && $this->isOthers()) {
            // Only without session.use_strict_mode; with it the visitor has got a new id by now.
            return $this->failed(new Failure('the session belongs to another browser, and is refused'));
        }
        $this->ahead = false;
        // Not in validateId(), out of which PHP makes something else of an exception.
        if ($this->connection->unwritten !== '') {
            $this->reportUnwritten();
        }

        return $this->data ?? '';
    }

    /** Stores the session and unlocks it; of a session that has not changed, only the expiry is moved. */
    public function write(#[\SensitiveParameter] string $id, #[\SensitiveParameter] string $data): bool
    {
        if ($this->id !== $id || $this->ahead || $this->failure !== null) {
            $this->forget();

            return self::warn('a session that was not read is not written');
        }
        if ($this->hasEnded) {
            $this->forget();

            return true;
        }
        if ($this->snapshot && ($refusal = $this->refusalToWrite($data)) !== null) {
            $this->forget();

            return self::warn($refusal);
        }
        try {
            $isRegenerating = self::isRegenerating();
            $this->previous = $isRegenerating ? $this->reference : null;
            $isChanged = $data !== $this->data;
            // Not under the old id of a session that gets a new one.
            $user = $isRegenerating || $this->snapshot ? null : $this->user->toStore($this->connection->sessionKey, $isChanged);
            if (!$isChanged && $user === null) {
                $isRegenerating ? $this->store($data) : $this->touch();
            } elseif (!$this->snapshot) {
                $this->store($data, $user);
            }
        } catch (Failure $failure) {
            return $this->failed($failure);
        }
        $this->connection->locked = false;
        if ($this->connection->unwritten !== '') {
            $this->reportUnwritten();
        }

        return true;
    }

    /** Only called with `session.lazy_write` on, which `prepend.php` switches off; true without `open`, see there. */
    public function updateTimestamp(#[\SensitiveParameter] string $id, #[\SensitiveParameter] string $data): bool
    {
        return $this->name === null || $this->write($id, $data);
    }

    public function destroy(#[\SensitiveParameter] string $id): bool
    {
        if ($this->snapshot) {
            $this->forget();

            return self::warn('the session was opened read-only, and is not destroyed');
        }
        try {
            $connection = $this->requireConnection();
            $reference = $this->requireReference($id);
            $isRegenerating = self::isRegenerating();
            $this->previous = $isRegenerating ? $reference : null;
            $operation = $isRegenerating ? self::RETIRE : self::DESTROY;
            $answer = $connection->ask(\pack('NC', 1 + \strlen($reference), $operation) . $reference);
            $this->expect(self::DESTROYED, $answer);
        } catch (Failure $failure) {
            return $this->failed($failure);
        }
        $this->connection->locked = false;
        $this->reportUnwritten();
        $isGone = false;
        if ($this->id === $id) {
            $isGone = $this->data !== null && $answer[5] === "\0";
            $this->forget();
        }

        // With "true" session_regenerate_id(true) would give what was destroyed a new id.
        return !$isGone || self::warn('gone: another request has destroyed the session since this one read it');
    }

    public function gc(int $max_lifetime): int|false
    {
        try {
            $request = \pack('NCN', 5, self::GC, self::clamp($max_lifetime));
            $answer = $this->requireConnection()->ask($request);
            $this->expect(self::COLLECTED, $answer);
        } catch (Failure $failure) {
            $this->connection?->release();
            $this->reportUnwritten();

            return self::warn($failure->getMessage());
        }
        $this->reportUnwritten();

        return \unpack('N', $answer, 5)[1];
    }

    /**
     * The handler of the open session.
     *
     * @internal for Session
     *
     * @throws SessionException
     */
    public static function active(): self
    {
        $handler = self::$last;
        if (\session_status() !== \PHP_SESSION_ACTIVE || $handler?->name === null || $handler->id === null) {
            throw new SessionException('there is no open session that Cloakroom keeps: call session_start() before');
        }

        return $handler;
    }

    /**
     * The connection of the handler that was opened last.
     *
     * @internal for RememberMe
     */
    public static function connection(): ?Connection
    {
        return self::$last?->connection;
    }

    /**
     * @internal for Session::identify()
     *
     * @throws SessionException
     */
    public function identify(#[\SensitiveParameter] string $user): void
    {
        if ($this->snapshot) {
            throw new SessionException('the session was opened read-only, and whom it belongs to is not saved');
        }
        $this->user->identify($user);
    }

    /**
     * @internal for Session::sessions()
     *
     * @return string the frame that lists a user's sessions
     *
     * @throws SessionException
     */
    public function askAboutUser(#[\SensitiveParameter] ?string $user): string
    {
        return $this->ofUser(self::SESSIONS, '', $user, '', self::SESSIONS_ARE);
    }

    /**
     * Ends sessions of a user, and answers how many.
     *
     * @internal for Session
     *
     * @param int    $which as the field of END
     * @param string $tag   of the one, if it is one
     *
     * @throws SessionException
     */
    public function endOfUser(int $which, #[\SensitiveParameter] ?string $user, string $tag = ''): int
    {
        $answer = $this->ofUser(self::END, \chr($which), $user, $tag, self::ENDED);
        if ($answer[5] !== "\0") {
            $this->hasEnded = true;
            // So that session_destroy() misses nothing.
            $this->data = null;
        }

        return \unpack('N', $answer, 6)[1];
    }

    /** @return array<string, mixed> without ids and session data */
    public function __debugInfo(): array
    {
        return ['connection' => $this->connection, 'open' => $this->name !== null, 'locked' => (bool) $this->connection?->locked];
    }

    /** @return never */
    public function __serialize(): array
    {
        throw new \LogicException(self::class . ' cannot be serialized: it has session data');
    }

    /**
     * Reads the session: under its lock, unless it is read-only.
     *
     * @param ?string $reference what reference() has made of the id, if it is known
     * @param int     $flags     of READ, besides those that follow from the state
     *
     * @throws Failure
     */
    private function fetch(
        #[\SensitiveParameter] string $id,
        #[\SensitiveParameter] ?string $reference = null,
        int $flags = 0,
    ): void {
        $connection = $this->requireConnection();
        $isLocking = !$this->snapshot;
        $wait = 0;
        if ($isLocking) {
            $seconds = (int) PoolSettings::get('max_execution_time');
            $wait = $seconds <= 0 ? 0 : 1000 * ($seconds > self::MAX_WAIT ? self::MAX_WAIT : $seconds);
        }
        $this->id = null;
        $this->ahead = false;
        $this->failure = null;
        $this->hasEnded = false;
        $this->reference = $reference ??= $this->requireReference($id);
        $connection->locked = $isLocking;
        if ($isLocking) {
            $flags |= self::LOCK;
        }
        if ($this->previous !== null) {
            $flags = ($flags & ~self::PRESENTED) | self::REPLACES;
            $reference .= $this->previous;
        }
        $request = \pack('NCCN', 6 + \strlen($reference), self::READ, $flags, $wait) . $reference;
        $answer = $connection->ask($request, '', $wait);
        // Once more: a connection that was made anew has given back what the old one held.
        $connection->locked = $isLocking;
        if ($answer[4] === self::FOUND) {
            $this->version = \substr($answer, 6, 8);
            $this->data = \substr($answer, 14);
            $this->absence = '';
            $this->unreadable = false;
        } else {
            $this->expect(self::ABSENT, $answer);
            $this->version = self::NO_VERSION;
            $this->data = null;
            $this->absence = $answer[6];
            $this->unreadable = $answer[6] === self::UNREADABLE;
            if ($this->isOthers()) {
                // Its lock is its owner's.
                $connection->locked = false;
            }
        }
        $connection->deferring = $answer[5] !== "\0";
        $this->deferredWrites = 0;
        $this->id = $id;
        $this->ahead = true;
    }

    /** Whether the session that is absent is another browser's. */
    private function isOthers(): bool
    {
        return $this->absence === self::OTHER_ADDRESS || $this->absence === self::OTHER_AGENT;
    }

    /** Whether there is such a session, without locking it. With an error: yes, so that PHP does not use the id. */
    private function exists(#[\SensitiveParameter] string $reference): bool
    {
        try {
            $request = \pack('NCCN', 6 + \strlen($reference), self::READ, 0, 0) . $reference;
            $answer = $this->requireConnection()->ask($request);
            $isFound = $answer[4] === self::FOUND;
            $isFound || $this->expect(self::ABSENT, $answer);
            $isFound = $isFound || $answer[6] === self::OTHER_ADDRESS || $answer[6] === self::OTHER_AGENT;
            $this->connection->deferring = $answer[5] !== "\0";

            return $isFound;
        } catch (Failure $failure) {
            $this->connection?->release();
            self::warn($failure->getMessage());

            return true;
        }
    }

    /**
     * Whether this is called for session_regenerate_id(). It goes on with the session's data under a new id, so it must
     * learn when the session was destroyed meanwhile; a touch has no answer.
     */
    private static function isRegenerating(): bool
    {
        // An application's calls may be deep, and looking at all of them takes long: mostly who called write() says enough.
        foreach (\debug_backtrace(\DEBUG_BACKTRACE_IGNORE_ARGS, 6) as $caller) {
            if (($caller['class'] ?? null) !== self::class) {
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

    /** @throws SessionException */
    private function ofUser(
        int $operation,
        string $which,
        #[\SensitiveParameter] ?string $user,
        string $tag,
        string $expected,
    ): string {
        $fields = $which . $this->user->field($user, (string) $this->connection?->sessionKey) . $this->reference . $tag;
        try {
            $answer = $this->requireConnection()->ask(\pack('NC', 1 + \strlen($fields), $operation) . $fields);
            $this->expect($expected, $answer);
        } catch (Failure $failure) {
            throw new SessionException($failure->getMessage(), $failure->getCode());
        }

        return $answer;
    }

    /**
     * @param ?string $user whom it belongs to from now on, empty for nobody; null: to whom it did before
     *
     * @throws Failure
     */
    private function store(#[\SensitiveParameter] string $data, #[\SensitiveParameter] ?string $user = null): void
    {
        $connection = $this->requireConnection();
        $reference = $this->reference;
        $identified = 0;
        if ($user !== null) {
            $reference .= \chr(\strlen($user)) . $user;
            $identified = self::IDENTIFIED;
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
        if ($answer[4] !== self::WRITTEN) {
            throw $connection->unexpected();
        }
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

    /** The version that the session has when all that this request has sent was carried out. */
    private function presentVersion(): string
    {
        return $this->deferredWrites === 0
            ? $this->version
            : \pack('J', \unpack('J', $this->version)[1] + $this->deferredWrites);
    }

    /** Says which earlier writes were not carried out, of this request or of an earlier one in this PHP process. */
    private function reportUnwritten(): void
    {
        $connection = $this->connection;
        if ($connection === null || $connection->unwritten === '') {
            return;
        }
        $reasons = $connection->unwritten;
        $connection->unwritten = '';
        try {
            self::warn("an earlier write of this worker was not stored: $reasons");
        } catch (\Throwable $throwable) {
            // The application's handler: PHP does not call close after that.
            $this->forget();
            throw $throwable;
        }
    }

    /** Why a read-only session cannot be written; null when there is nothing to write. */
    private function refusalToWrite(#[\SensitiveParameter] string $data): ?string
    {
        if ($data !== ($this->data ?? '')) {
            return 'the session was opened read-only, and what has changed in it is not saved';
        }
        // session_regenerate_id() saves the session before it makes a new one, which would then not be stored, while
        // the visitor has its id: refused here, the visitor keeps the session and its id.
        if (self::isRegenerating()) {
            return 'the session was opened read-only, and gets no new id';
        }

        return null;
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
        $this->requireConnection()->tell($request, true);
    }

    /** How frames name a session: its name and id, each with its length; null when it cannot be an id. */
    private function reference(#[\SensitiveParameter] string $id): ?string
    {
        return SessionId::isValid($id)
            ? \chr(\strlen((string) $this->name)) . $this->name . \pack('n', \strlen($id)) . $id
            : null;
    }

    /** @throws Failure */
    private function requireReference(#[\SensitiveParameter] string $id): string
    {
        return $this->reference($id)
            ?? throw new Failure('bad session id: an id has 1 to 256 characters of A-Z a-z 0-9 , -');
    }

    /** @throws Failure */
    private function expect(string $operation, #[\SensitiveParameter] string $answer): void
    {
        if ($answer[4] !== $operation) {
            throw $this->requireConnection()->unexpected();
        }
    }

    /** @throws Failure */
    private function requireConnection(): Connection
    {
        if ($this->name === null || $this->connection === null) {
            throw new Failure('the save handler is used before it was opened');
        }

        return $this->connection;
    }

    /** Gives back the lock, and what is known of the session. */
    private function forget(): void
    {
        $connection = $this->connection;
        if ($connection !== null && ($connection->locked || $connection->busy)) {
            $connection->release();
        }
        $this->id = null;
        $this->data = null;
        $this->version = self::NO_VERSION;
        $this->ahead = false;
        $this->unreadable = false;
        $this->failure = null;
    }

    /**
     * Called before PHP saves the session at the end of the request. After a fatal error within one of this object's
     * methods (the memory limit, max_execution_time) PHP takes the session for closed, and does not call `close`.
     */
    private function abandon(): void
    {
        $connection = $this->connection;
        if ($connection->busy || \session_status() !== \PHP_SESSION_ACTIVE) {
            $this->forget();
        } elseif ($connection->locked && !Memory::reserve(self::ROOM + 2 * \strlen($this->data ?? ''))) {
            // PHP cannot be sure to encode the session, and this object to store it. It would die of its memory limit in
            // the midst of that, call nobody any more, and keep the connection with its lock. So that is given back where
            // the limit is fixed: the session may still be stored, if nobody else stores it before.
            $connection->release();
        }
    }

    /**
     * Whether the method that calls this was called by PHP itself, and not by a handler of the application around this object.
     * Only such a one can end a request without a call of close() or abandon(), and it takes time to be prepared for that.
     */
    private static function isCalledByPhp(): bool
    {
        $caller = \debug_backtrace(\DEBUG_BACKTRACE_IGNORE_ARGS, 3)[2] ?? null;

        return $caller !== null && !isset($caller['class']) && \str_starts_with($caller['function'], 'session_');
    }

    private static function isReadOnlyByEnvironment(): bool
    {
        $word = \getenv('CLOAKROOM_READ_ONLY');

        return $word !== false && \in_array(\strtolower($word), ['1', 'on', 'yes', 'true'], true);
    }

    private static function lifetime(): int
    {
        return self::clamp((int) PoolSettings::get('session.gc_maxlifetime'));
    }

    private static function clamp(int $value): int
    {
        return $value < 0 ? 0 : ($value > self::MAX_U32 ? self::MAX_U32 : $value);
    }

    /** Gives back the lock, and says what failed. */
    private function failed(Failure $failure): bool
    {
        $this->forget();
        $this->reportUnwritten();

        return self::warn($failure->getMessage());
    }

    private function warnUnreadable(): void
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
