<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/**
 * What the requests of the protocol have in common (docs/protocol.md).
 *
 * @internal
 */
final class Frame
{
    private const MAX_U32 = 0xffffffff;

    /** The frame of a request, with its length in front. */
    public static function of(int $operation, #[\SensitiveParameter] string $fields): string
    {
        return \pack('NC', 1 + \strlen($fields), $operation) . $fields;
    }

    /** The nearest value that a field of 32 bits can have. */
    public static function u32(int $value): int
    {
        return $value < 0 ? 0 : ($value > self::MAX_U32 ? self::MAX_U32 : $value);
    }
}
