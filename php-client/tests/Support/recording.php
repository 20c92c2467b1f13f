<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

/*
 * The drop-in, with a recorder around its handler: what PHP calls and what it gets goes to the file TRANSCRIPT.
 * Ids are written as A, B, C in order of appearance.
 */

use Cloakroom\SessionHandler;

require __DIR__ . '/../../prepend.php';

final class Recorder implements
    SessionHandlerInterface,
    SessionIdInterface,
    SessionUpdateTimestampHandlerInterface
{
    /** @var array<string, string> */
    public static array $ids = [];
    /** The method that throws. */
    public static string $throws = '';

    public function __construct(private readonly SessionHandler $handler)
    {
    }

    public static function name(string $id): string
    {
        return self::$ids[$id] ??= chr(ord('A') + count(self::$ids));
    }

    public function open(string $path, string $name): bool
    {
        return self::record('open', $this->handler->open($path, $name));
    }

    public function close(): bool
    {
        return self::record('close', $this->handler->close());
    }

    public function create_sid(): string
    {
        $id = $this->handler->create_sid();
        note('create_sid = ' . self::name($id));

        return $id;
    }

    public function validateId(string $id): bool
    {
        return self::record('validateId(' . self::name($id) . ')', $this->handler->validateId($id));
    }

    public function read(string $id): string|false
    {
        return self::record('read(' . self::name($id) . ')', $this->handler->read($id));
    }

    public function write(string $id, string $data): bool
    {
        return self::record('write(' . self::name($id) . ", '$data')", $this->handler->write($id, $data));
    }

    public function updateTimestamp(string $id, string $data): bool
    {
        return self::record(
            'updateTimestamp(' . self::name($id) . ", '$data')",
            $this->handler->updateTimestamp($id, $data),
        );
    }

    public function destroy(string $id): bool
    {
        return self::record('destroy(' . self::name($id) . ')', $this->handler->destroy($id));
    }

    public function gc(int $max_lifetime): int|false
    {
        return self::record("gc($max_lifetime)", $this->handler->gc($max_lifetime));
    }

    private static function record(string $call, mixed $result): mixed
    {
        note("$call = " . var_export($result, true));
        if (self::$throws !== '' && str_starts_with($call, self::$throws)) {
            throw new RuntimeException('from ' . self::$throws);
        }

        return $result;
    }
}

function note(string $line): void
{
    file_put_contents(getenv('TRANSCRIPT'), "$line\n", FILE_APPEND);
}

/** Stores a session as an earlier visitor's, and returns its id. */
function stored(string $data): string
{
    $handler = new SessionHandler();
    $handler->open('', session_name());
    $id = $handler->create_sid();
    $handler->read($id);
    $handler->write($id, $data);
    $handler->close();

    return $id;
}

/** What is stored now. Only while no session is open: it has the same connection. */
function look(string $id): void
{
    $handler = new SessionHandler();
    $handler->open('', session_name());
    note(Recorder::name($id) . ($handler->validateId($id) ? " has '{$handler->read($id)}'" : ' is absent'));
    $handler->close();
}

set_error_handler(static function (int $level, string $message): bool {
    note("warning: $message");

    return true;
});
session_set_save_handler(new Recorder(new SessionHandler()), false);
