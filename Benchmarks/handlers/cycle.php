<?php
// One PHP process that uses sessions as a page does: start, (change,) write. Prints the microseconds of each cycle, a number a line.
// Arguments: case (changed or unchanged), number of cycles, number of sessions.

declare(strict_types=1);

[, $case, $cycles, $sessions] = $argv;

/** One request's use of its session. */
function cycle(string $id, bool $change): void
{
    session_id($id);
    if (!session_start()) {
        fwrite(STDERR, "session_start failed\n");
        exit(1);
    }
    if ($change) {
        $_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
    }
    if (!session_write_close()) {
        fwrite(STDERR, "session_write_close failed\n");
        exit(1);
    }
}

// Sessions are made by the handler under test, so that strict mode knows them.
$ids = [];
for ($i = 0; $i < (int) $sessions; $i++) {
    $id = session_create_id();
    session_id($id);
    ini_set('session.use_strict_mode', '0');
    session_start();
    $_SESSION = ['user' => bin2hex(random_bytes(8)), 'data' => str_repeat('x', 2000), 'visits' => 0];
    session_write_close();
    $ids[] = session_id();
}
ini_set('session.use_strict_mode', getenv('BENCH_STRICT') === '1' ? '1' : '0');

$change = $case === 'changed';
for ($i = 0; $i < 200; $i++) {
    cycle($ids[$i % count($ids)], $change);
}
$times = [];
for ($i = 0; $i < (int) $cycles; $i++) {
    $start = hrtime(true);
    cycle($ids[$i % count($ids)], $change);
    $times[] = (hrtime(true) - $start) / 1000;
}
echo implode("\n", $times), "\n";
