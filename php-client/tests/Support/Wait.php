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

    /** Waits until a process waits for bytes from somebody else, and has not run since the last look at it. */
    public static function forAnswer(int $pid): void
    {
        $before = '';
        self::until(
            function () use ($pid, &$before): bool {
                $now = self::activity($pid);
                [$before, $last] = [$now, $before];

                return $now !== '' && $now === $last;
            },
            "process $pid does not wait",
        );
    }

    /** How often a process has run; '' while it runs. */
    private static function activity(int $pid): string
    {
        $status = (string) @file_get_contents("/proc/$pid/status");
        preg_match_all('/^\w+_ctxt_switches:.+$/m', $status, $switches);

        return str_contains($status, "State:\tS") ? implode("\n", $switches[0]) : '';
    }
}
