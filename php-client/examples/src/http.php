<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Example;

function sendHeaders(): void
{
    header('Content-Type: text/html; charset=utf-8');
    // No scripts at all, styles from here, in nobody's frame.
    header("Content-Security-Policy: default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    header('X-Frame-Options: DENY');
    header('X-Content-Type-Options: nosniff');
    header('Referrer-Policy: same-origin');
    // After the log-out, the browser's "back" shows nothing.
    header('Cache-Control: no-store');
}

/** A field of the form as text; nothing else gets in, such as an array. */
function field(string $name): string
{
    $value = $_POST[$name] ?? '';

    return is_string($value) ? $value : '';
}

/** Back to the page by GET, so that a reload does not send the form again. */
function backToPage(): never
{
    header('Location: ./', true, 303);
    exit;
}
