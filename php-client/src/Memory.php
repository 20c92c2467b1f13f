<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/** What PHP's `memory_limit` leaves. */
final class Memory
{
    /**
     * Makes sure that PHP can have so many bytes more, and raises `memory_limit` for the rest of the request if it must.
     *
     * False when the limit is the operator's (`php_admin_value`) and cannot be raised.
     */
    public static function reserve(int $bytes): bool
    {
        $setting = PoolSettings::get('memory_limit');
        $limit = (int) $setting;
        if ($limit <= 0) {
            return true;
        }
        $limit <<= match ($setting[-1]) {
            'g', 'G' => 30,
            'm', 'M' => 20,
            'k', 'K' => 10,
            default => 0,
        };
        // PHP takes memory from the system in pieces of 2 MiB, and it is these that are limited.
        $needed = \memory_get_usage(true) + $bytes;

        return $needed <= $limit
            || PoolSettings::set('memory_limit', (string) $needed);
    }
}
