<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/**
 * HELLO, with which a connection begins in each request, and HELLO_OK, its answer (docs/protocol.md).
 *
 * @internal for Connection
 */
final class Greeting
{
    /** Where in HELLO_OK's frame the session key begins, behind its length, and the size of the frame without the two texts at its end. */
    public const KEY = 21;
    public const LEAST_SIZE = 22;
    /** Where in it the flags stand, and the two limits. */
    public const FLAGS = 11;
    public const LIMITS = 12;

    private const HELLO = 1;
    private const VERSION = 1;
    private const HELLO_OK = "\x81\0\x01";

    /** The frame of HELLO, which names the pool unless that is empty. Of the nonce the lower 32 bits count. */
    public static function hello(int $nonce, string $pool): string
    {
        $label = RequestLabel::current();
        $rest = $label . \chr(\strlen($pool)) . $pool . BrowserClaims::current();

        return \pack('NCnNC', 8 + \strlen($rest), self::HELLO, self::VERSION, $nonce, \strlen($label)) . $rest;
    }

    /** Whether what was received begins with the whole answer to the HELLO with this nonce; `$size` is that of the answer. */
    public static function isAnswered(#[\SensitiveParameter] string $received, int $size, int $nonce): bool
    {
        return \strlen($received) >= $size
            && \str_starts_with($received, \pack('N', $size - 4) . self::HELLO_OK . \pack('N', $nonce));
    }

    /** The size of the answer's frame, as far as that is known from what was received. */
    public static function size(#[\SensitiveParameter] string $received): int
    {
        $size = self::LEAST_SIZE + \ord($received[self::KEY - 1] ?? "\0");

        return $size + \ord($received[$size - 1] ?? "\0");
    }
}
