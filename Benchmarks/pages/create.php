<?php
// SPDX-License-Identifier: Apache-2.0
// Makes as many sessions as the query says, and answers with their ids, a line each.

declare(strict_types=1);

(opcache_get_status(false)['opcache_enabled'] ?? false) || exit('opcache is off');
$contents = substr(bin2hex(random_bytes(996)), 0, 1991);
ini_set('session.use_cookies', '0');
ini_set('session.use_only_cookies', '0');
ini_set('session.cache_limiter', '');
$ids = [];
for ($i = 0; $i < (int) $_GET['count']; $i++) {
    session_id('');
    session_start() || exit('a session does not start');
    $_SESSION = ['user' => 'visitor-0123456789', 'visits' => 0, 'data' => $contents];
    $ids[] = session_id();
    session_write_close();
}
echo implode("\n", $ids), "\n";
