<?php
// SPDX-License-Identifier: Apache-2.0
// The beginning of every page here but "create": opens the session, which has to be there.

declare(strict_types=1);

set_error_handler(static function (int $level, string $message): never {
    http_response_code(500);
    error_log($message);
    exit($message);
});

session_start();
if (strlen($_SESSION['data'] ?? '') !== 1991) {
    trigger_error('the session is not what was stored', E_USER_ERROR);
}
