<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

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
