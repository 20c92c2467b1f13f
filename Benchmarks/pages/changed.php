<?php
// SPDX-License-Identifier: Apache-2.0
// A page that changes its session.

declare(strict_types=1);

require __DIR__ . '/session.php';

$_SESSION['visits']++;
echo "Hello!\n";
