<?php

// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

// What PHP-FPM serves in the booted system: counts the requests of a session; "?fill=BYTES" makes the session that large.
session_start() || exit('no session');
$_SESSION['count'] = ($_SESSION['count'] ?? 0) + 1;
if (isset($_GET['fill'])) {
    $_SESSION['fill'] = random_bytes((int) $_GET['fill']);
}
session_write_close() || exit('not written');
echo $_SESSION['count'];
