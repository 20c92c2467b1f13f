<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

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
