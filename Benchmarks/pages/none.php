<?php
// SPDX-License-Identifier: Apache-2.0
// A page without a session: what is left when sessions cost nothing.

declare(strict_types=1);

echo "Hello!\n";
