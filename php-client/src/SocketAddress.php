<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/** Where the daemon's socket is, when the application does not say, and which pool is meant there. */
final class SocketAddress
{
    public const DEFAULT = '/run/cloakroom/php.sock';
    public const SCHEME = 'unix://';
    private const POOL = '?pool=';
    /** What HELLO has room for; the daemon takes 64 characters. */
    private const MAX_POOL = 255;

    /**
     * The socket's path, with `?pool=NAME` behind it where a pool is named: `CLOAKROOM_SOCKET`, else the save path when it is
     * a `unix://` address, else the default; the pool is `CLOAKROOM_POOL`, else that of the address.
     *
     * getenv() also sees what FPM's `env[…]` and the web server's `fastcgi_param` set.
     */
    public static function find(string $savePath): string
    {
        $address = \getenv('CLOAKROOM_SOCKET');
        if ($address === false || $address === '') {
            $address = \str_starts_with($savePath, self::SCHEME) ? $savePath : self::DEFAULT;
        }
        $address = \str_starts_with($address, self::SCHEME) ? \substr($address, \strlen(self::SCHEME)) : $address;
        $pool = \getenv('CLOAKROOM_POOL');

        return $pool === false || $pool === '' ? $address : self::parts($address)[0] . self::POOL . $pool;
    }

    /**
     * The path and the pool of what find() returns; the pool is '' when none is named.
     *
     * @return array{string, string}
     */
    public static function parts(string $address): array
    {
        $parts = \explode(self::POOL, $address, 2);

        return [$parts[0], \substr($parts[1] ?? '', 0, self::MAX_POOL)];
    }
}
