<?php
// SPDX-License-Identifier: Apache-2.0
// Whether a request's session is alive, for nginx's auth_request: what a site does that has no gate.

declare(strict_types=1);

// Without the lock: nothing faster is to be had in PHP.
session_start(['read_and_close' => true]);
http_response_code(isset($_SESSION['user']) ? 204 : 401);
