<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/** What the web server says of the browser that the present request serves. The daemon decides what to believe of it. */
final class BrowserClaims
{
    /** The fields of a client that serves no browser: five lengths. */
    private const NONE = "\0\0\0\0\0\0\0\0\0\0";
    private const MAX_ADDRESS = 46;
    private const MAX_AGENT = 320;
    /** Of X-Forwarded-For and Forwarded: the end counts, which the nearest proxy wrote. */
    private const MAX_FORWARDED = 160;

    /** The fields of HELLO behind its pool (docs/protocol.md). */
    public static function current(): string
    {
        // Not $_SERVER: PHP fills that only in requests whose code names it, and with this all would.
        $address = \getenv('REMOTE_ADDR');
        if ($address === false || $address === '') {
            return \PHP_SAPI === 'cli-server' ? self::fromServer() : self::NONE;
        }

        return self::encoded(
            $address,
            (string) \getenv('HTTP_USER_AGENT'),
            (string) \getenv('HTTP_X_FORWARDED_FOR'),
            (string) \getenv('HTTP_X_REAL_IP'),
            (string) \getenv('HTTP_FORWARDED'),
        );
    }

    private static function encoded(
        string $address,
        string $agent,
        string $forwardedFor,
        string $realIp,
        string $forwarded,
    ): string {
        return self::field(\substr($address, 0, self::MAX_ADDRESS))
            . self::field(\substr($agent, 0, self::MAX_AGENT))
            . ($forwardedFor === '' ? "\0\0" : self::field(\substr($forwardedFor, -self::MAX_FORWARDED)))
            . ($realIp === '' ? "\0\0" : self::field(\substr($realIp, 0, self::MAX_ADDRESS)))
            . ($forwarded === '' ? "\0\0" : self::field(\substr($forwarded, -self::MAX_FORWARDED)));
    }

    private static function field(string $value): string
    {
        return \pack('n', \strlen($value)) . $value;
    }

    /** In PHP's own web server getenv() has nothing of the request. */
    private static function fromServer(): string
    {
        $values = [];
        foreach (['REMOTE_ADDR', 'HTTP_USER_AGENT', 'HTTP_X_FORWARDED_FOR', 'HTTP_X_REAL_IP', 'HTTP_FORWARDED'] as $name) {
            $value = $GLOBALS['_SERVER'][$name] ?? '';
            $values[] = \is_string($value) ? $value : '';
        }

        return self::encoded(...$values);
    }
}
