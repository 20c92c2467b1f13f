<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/** What the present request is, for people who look for the holder of a lock. */
final class RequestLabel
{
    private const MAX_SIZE = 200;

    /**
     * The method and the path, or the name of the script that is run from the command line; at most 200 bytes of UTF-8
     * without control characters.
     *
     * The query and a script's arguments are left out, since they may have secrets in them.
     */
    public static function current(): string
    {
        // Not $_SERVER: PHP fills that only in requests whose code names it, and with this all would.
        $method = \getenv('REQUEST_METHOD');
        if ($method !== false && $method !== '') {
            $path = \getenv('REQUEST_URI') ?: (string) \getenv('SCRIPT_NAME');
            $label = $method . ' ' . \substr($path, 0, \strcspn($path, '?#'));
        } else {
            // On the command line it is always filled.
            $label = $GLOBALS['_SERVER']['SCRIPT_NAME'] ?? '';
            $label = \is_string($label) ? $label : '';
        }
        if (\strlen($label) > self::MAX_SIZE) {
            $label = \substr($label, 0, self::MAX_SIZE);
        }
        if (\preg_match('/^[ -~]*$/D', $label) === 1) {
            return $label;
        }

        return \preg_replace('/\p{Cc}/u', '?', $label) ?? (string) \preg_replace('/[^ -~]/', '?', $label);
    }
}
