<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

/** Uses sessions as pages do, with whatever save handler PHP is configured for. */
final class PageClient implements Client
{
    /** What PHP's serialization adds to the contents. */
    private const OVERHEAD = 57;
    /** Hexadecimal digits, so that no handler is helped by compression of a repeated letter. */
    private readonly string $contents;

    public function __construct()
    {
        $this->contents = bin2hex(random_bytes(1 << 19));
    }

    public function create(int $size): string
    {
        session_id('');
        $this->start();
        $_SESSION = [
            'user' => 'visitor-0123456789',
            'visits' => 0,
            'data' => substr($this->contents, 0, $size - self::OVERHEAD),
        ];
        $id = (string) session_id();
        session_write_close();

        return $id;
    }

    public function changed(string $id): int
    {
        session_id($id);
        $this->start();
        $opened = hrtime(true);
        $_SESSION['visits']++;
        session_write_close();

        return $opened;
    }

    public function unchanged(string $id): void
    {
        session_id($id);
        $this->start();
        session_write_close();
    }

    public function readAndClose(string $id): void
    {
        session_id($id);
        $this->start(['read_and_close' => true]);
    }

    public function check(int $size): void
    {
        if (strlen((string) ($_SESSION['data'] ?? '')) !== $size - self::OVERHEAD) {
            throw new RuntimeException('a session is not what was stored');
        }
    }

    public function visits(string $id): int
    {
        $this->readAndClose($id);

        return (int) ($_SESSION['visits'] ?? throw new RuntimeException('a session is missing'));
    }

    /** @param array<string, mixed> $options */
    private function start(array $options = []): void
    {
        if (!session_start($options)) {
            throw new RuntimeException('a session does not start');
        }
    }
}
