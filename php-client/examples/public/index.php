<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Example;

use Cloakroom\Session;
use Cloakroom\SessionException;

foreach (['html', 'http', 'accounts', 'session', 'actions'] as $file) {
    require __DIR__ . "/../src/$file.php";
}

// Warnings are for the log.
ini_set('display_errors', '0');
sendHeaders();

$status = 200;
$notices = [];
if (startSession()) {
    if (user() === null) {
        recognise();
    }
    if (user() === null) {
        $notices[] = ['status', rejection()];
    }
    if ($_SERVER['REQUEST_METHOD'] === 'POST') {
        [$status, $problem] = act();
        $notices[] = ['alert', $problem];
    }
    $notices[] = ['status', said()];
    $user = user();
    if ($user === null) {
        $title = 'Log in';
        $content = Html::template('log-in', ['token' => token(), 'email' => field('email'), 'isWrong' => $status === 422]);
    } else {
        try {
            $sessions = Session::sessions();
        } catch (SessionException $exception) {
            error_log($exception->getMessage());
            $sessions = [];
        }
        $title = 'Your account';
        $content = Html::template('account', ['token' => token(), 'user' => $user, 'sessions' => $sessions]);
    }
} else {
    $status = 503;
    $title = 'Please come back later';
    $content = Html::template('unavailable', []);
}

http_response_code($status);
// The notices that there are.
$notices = array_filter($notices, static fn (array $notice): bool => $notice[1] !== null);
echo e(Html::template('page', ['title' => $title, 'notices' => $notices, 'content' => $content]));
