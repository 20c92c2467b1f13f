<?php
// SPDX-License-Identifier: Apache-2.0
// A PHP process of the comparison, which the driver (Benchmarks/comparison) talks to. Any failure, also a warning, ends it with a
// message and a status other than 0.
// Argument: the echo's socket, for the floor; without it the sessions of PHP are used.

declare(strict_types=1);

set_error_handler(static function (int $level, string $message): never {
    fwrite(STDERR, "$message\n");
    exit(1);
});

if (!(opcache_get_status(false)['opcache_enabled'] ?? false)) {
    trigger_error('opcache is off');
}
foreach (['Client', 'PageClient', 'EchoClient', 'Worker'] as $class) {
    require __DIR__ . "/$class.php";
}

(new Worker(isset($argv[1]) ? new EchoClient($argv[1]) : new PageClient()))->serve();
