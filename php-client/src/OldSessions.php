<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

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
