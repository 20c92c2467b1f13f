<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/**
 * A stream whose end gives back the lock of a connection.
 *
 * When an application's own handler, around the one of this package, throws while PHP saves the session at the end of a
 * request, PHP calls no handler any more. It still closes the request's streams, and this is one.
 */
final class Guard
{
    private const SCHEME = 'cloakroom-guard';

    /** @var resource|null where PHP puts the context of a stream */
    public $context;

    private static ?Connection $next = null;
    private static bool $isRegistered = false;
    private readonly Connection $connection;

    /** @return resource|null a stream to keep; null when the operator has disabled the function that makes it possible */
    public static function of(Connection $connection)
    {
        self::$isRegistered = self::$isRegistered
            || PoolSettings::hasFunction('stream_wrapper_register') && \stream_wrapper_register(self::SCHEME, self::class);
        self::$next = $connection;

        return self::$isRegistered ? (\fopen(self::SCHEME . '://', 'r') ?: null) : null;
    }

    public function stream_open(): bool
    {
        $this->connection = self::$next;

        return true;
    }

    public function stream_close(): void
    {
        $this->connection->release();
    }
}
