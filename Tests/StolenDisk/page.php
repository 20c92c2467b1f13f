<?php

// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

// A page that keeps something worth stealing.
session_start() || exit('no session');
if (isset($_GET['user'])) {
    $_SESSION['email'] = "$_GET[user]@example.org";
    Cloakroom\Session::identify($_GET['user']);
}
if (isset($_GET['remember'])) {
    Cloakroom\RememberMe::issue($_GET['user']);
}
$_SESSION['text'] = $_GET['text'];
session_write_close() || exit('not written');
echo 'done';
