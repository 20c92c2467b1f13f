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
        $method = self::server('REQUEST_METHOD');
        $path = self::server('REQUEST_URI') ?: self::server('SCRIPT_NAME');
        $label = $method === ''
            ? self::server('SCRIPT_NAME')
            : $method . ' ' . \substr($path, 0, \strcspn($path, '?#'));
        $label = \substr($label, 0, self::MAX_SIZE);
        if (\preg_match('/^[ -~]*$/D', $label) === 1) {
            return $label;
        }

        return \preg_replace('/\p{Cc}/u', '?', $label) ?? (string) \preg_replace('/[^ -~]/', '?', $label);
    }

    private static function server(string $name): string
    {
        $value = $_SERVER[$name] ?? '';

        return \is_string($value) ? $value : '';
    }
}
