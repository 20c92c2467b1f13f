<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/**
 * An operation that the daemon refused, or that did not reach it.
 *
 * It stays inside this package: the handler turns it into a PHP warning and `false`. The message is for the log and has
 * neither a session id nor session data in it. The code is the daemon's (docs/protocol.md), or 0.
 */
final class Failure extends \RuntimeException
{
    private const NAMES = [
        1 => 'malformed request', 2 => 'frame too large', 3 => 'unknown operation', 4 => 'no greeting',
        5 => 'unsupported protocol version', 6 => 'bad session id', 7 => 'lock timed out', 8 => 'too many waiters',
        9 => 'conflict', 10 => 'gone', 11 => 'session data too large', 12 => 'store fault', 13 => 'shutting down',
        14 => 'refused', 15 => 'timed out', 16 => 'internal fault', 17 => 'too many connections', 18 => 'pool full',
        19 => 'too many bytes in flight', 20 => 'too many sessions of this user', 21 => 'too many unknown session ids',
        22 => 'no user',
    ];

    /** The failure that an ERROR frame reports; `$frame` begins with its length. */
    public static function fromFrame(string $frame): self
    {
        if (\strlen($frame) < 8) {
            return new self('cloakroomd answered with a truncated error');
        }

        return new self(self::reasonOf(\substr($frame, 5, 2) . \substr($frame, 8)), \unpack('n', $frame, 5)[1]);
    }

    /** That the daemon did not answer, or not as it should. */
    public static function unreachable(string $path, string $reason): self
    {
        return new self("cloakroomd cannot be reached at $path: $reason");
    }

    /** What the daemon means: the fields code and text, as ERROR and UNWRITTEN have them. */
    public static function reasonOf(string $fields): string
    {
        $code = \strlen($fields) < 2 ? 0 : \unpack('n', $fields)[1];
        $name = self::NAMES[$code] ?? 'error';

        return "$name: cloakroomd says: " . \substr($fields, 2) . " ($code)";
    }
}
