<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/** Makes and checks session ids. */
final class SessionId
{
    private const CHARACTERS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,-';
    private const LEAST_BITS = 128;

    /**
     * A new id from the system's random numbers, every character equally likely.
     *
     * Follows `session.sid_length` and `session.sid_bits_per_character`. Where these give fewer than 128 bits the id is
     * made longer, unless the operator has set `CLOAKROOM_STRICT=off`.
     *
     * @throws \Random\RandomException|\Exception when the system has no random numbers
     */
    public static function generate(): string
    {
        $length = (int) PoolSettings::get('session.sid_length') ?: 32;
        $bits = (int) PoolSettings::get('session.sid_bits_per_character') ?: 4;
        if ($length * $bits < self::LEAST_BITS && self::isStrict()) {
            $length = \intdiv(self::LEAST_BITS + $bits - 1, $bits);
        }
        if ($bits === 4) {
            return \substr(\bin2hex(\random_bytes(\intdiv($length + 1, 2))), 0, $length);
        }
        // 32 and 64 divide 256, so cutting a random byte to five or six bits favours no character.
        $mask = (1 << $bits) - 1;
        $id = '';
        foreach (\unpack('C*', \random_bytes($length)) as $byte) {
            $id .= self::CHARACTERS[$byte & $mask];
        }

        return $id;
    }

    /** Whether the daemon would take this id: 1 to 256 of `[A-Za-z0-9,-]`. */
    public static function isValid(#[\SensitiveParameter] string $id): bool
    {
        // Compiled once by each PHP process; strspn() compares each character with each that is allowed.
        return \preg_match('/^[A-Za-z0-9,-]{1,256}$/D', $id) === 1;
    }

    /** False when the operator has switched strictness off: `CLOAKROOM_STRICT` is `off`, `0`, `no` or `false`. */
    public static function isStrict(): bool
    {
        return !PoolSettings::isSwitchedOff('CLOAKROOM_STRICT');
    }
}
