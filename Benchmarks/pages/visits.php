<?php
// SPDX-License-Identifier: Apache-2.0
// Answers with the sum of the changes of the sessions whose ids are posted, a line each.

declare(strict_types=1);

ini_set('session.use_cookies', '0');
ini_set('session.use_only_cookies', '0');
ini_set('session.cache_limiter', '');
$sum = 0;
foreach (explode("\n", trim((string) file_get_contents('php://input'))) as $id) {
    session_id($id);
    session_start(['read_and_close' => true]) || exit('a session does not start');
    $sum += $_SESSION['visits'] ?? exit('a session is missing');
}
echo "$sum\n";
