<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/** What PHP's `memory_limit` leaves. */
final class Memory
{
    private const SHIFTS = ['g' => 30, 'm' => 20, 'k' => 10];

    /**
     * Makes sure that PHP can have so many bytes more, and raises `memory_limit` for the rest of the request if it must.
     *
     * False when the limit is the operator's (`php_admin_value`) and cannot be raised.
     */
    public static function reserve(int $bytes): bool
    {
        $setting = (string) \ini_get('memory_limit');
        $limit = (int) $setting << (self::SHIFTS[\strtolower(\substr($setting, -1))] ?? 0);
        // PHP takes memory from the system in pieces of 2 MiB, and it is these that are limited.
        $needed = \memory_get_usage(true) + $bytes;

        return $limit <= 0
            || $needed <= $limit
            || \function_exists('ini_set') && \ini_set('memory_limit', (string) $needed) !== false;
    }
}
