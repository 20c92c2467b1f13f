<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

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
