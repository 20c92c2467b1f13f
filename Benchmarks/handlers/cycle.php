<?php
// SPDX-License-Identifier: Apache-2.0
// One PHP process that uses sessions as a page does: start, (change,) write. Prints the microseconds of each cycle, a number a
// line. Any failure ends it with a status other than 0.
// Arguments: case (changed or unchanged), number of cycles, number of sessions.

declare(strict_types=1);

set_error_handler(static function (int $level, string $message): never {
    fwrite(STDERR, "$message\n");
    exit(1);
});

[, $case, $cycles, $sessions] = $argv;

/** One request's use of its session. */
function cycle(string $id, bool $change): void
{
    session_id($id);
    session_start();
    if ($change) {
        $_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
    }
    session_write_close();
}

// The handler under test makes the sessions and their ids, so that strict mode knows them.
$ids = [];
for ($i = 0; $i < (int) $sessions; $i++) {
    session_id('');
    session_start();
    $_SESSION = ['user' => bin2hex(random_bytes(8)), 'data' => str_repeat('x', 2000), 'visits' => 0];
    $ids[] = session_id();
    session_write_close();
}

$change = $case === 'changed';
for ($i = 0; $i < 500; $i++) {
    cycle($ids[$i % count($ids)], $change);
}
$times = [];
for ($i = 0; $i < (int) $cycles; $i++) {
    $start = hrtime(true);
    cycle($ids[$i % count($ids)], $change);
    $times[] = (hrtime(true) - $start) / 1000;
}
echo implode("\n", $times), "\n";
