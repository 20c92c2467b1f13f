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
