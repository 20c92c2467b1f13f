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
        $method = (string) \getenv('REQUEST_METHOD');
        $path = (string) (\getenv('REQUEST_URI') ?: \getenv('SCRIPT_NAME'));
        if ($method === '') {
            [$method, $path] = self::fromServer();
        }
        $label = $method === '' ? $path : $method . ' ' . \substr($path, 0, \strcspn($path, '?#'));
        if (\strlen($label) > self::MAX_SIZE) {
            $label = \substr($label, 0, self::MAX_SIZE);
        }
        if (\preg_match('/^[ -~]*$/D', $label) === 1) {
            return $label;
        }

        return \preg_replace('/\p{Cc}/u', '?', $label) ?? (string) \preg_replace('/[^ -~]/', '?', $label);
    }

    /**
     * Method and path where getenv() does not have them: on the command line, and in PHP's own web server.
     *
     * @return array{string, string}
     */
    private static function fromServer(): array
    {
        if (!isset($GLOBALS['_SERVER']) && PoolSettings::hasFunction('filter_has_var')) {
            // Makes PHP fill it.
            \filter_has_var(\INPUT_SERVER, 'SCRIPT_NAME');
        }
        $values = [];
        foreach (['REQUEST_METHOD', 'REQUEST_URI', 'SCRIPT_NAME'] as $name) {
            $value = $GLOBALS['_SERVER'][$name] ?? '';
            $values[] = \is_string($value) ? $value : '';
        }

        return [$values[0], $values[0] !== '' && $values[1] !== '' ? $values[1] : $values[2]];
    }
}
