<?php
// SPDX-License-Identifier: Apache-2.0
// A page that uses its session and does not change it.

declare(strict_types=1);

require __DIR__ . '/session.php';

echo "Hello!\n";
