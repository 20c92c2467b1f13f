<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** Waits for a condition. */
final class Wait
{
    /** @param callable(): bool $condition */
    public static function until(callable $condition, string $what, float $seconds = 15): void
    {
        $end = hrtime(true) + (int) ($seconds * 1e9);
        while (!$condition()) {
            if (hrtime(true) > $end) {
                throw new \RuntimeException("waited $seconds s in vain: $what");
            }
            usleep(2000);
        }
    }
}
