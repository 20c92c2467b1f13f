<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/** Where the daemon's socket is, when the application does not say. */
final class SocketAddress
{
    public const DEFAULT = '/run/cloakroom/php.sock';
    public const SCHEME = 'unix://';

    /**
     * The socket's path: `CLOAKROOM_SOCKET`, else the save path when it is a `unix://` address, else the default.
     *
     * getenv() also sees what FPM's `env[…]` and the web server's `fastcgi_param` set.
     */
    public static function find(string $savePath): string
    {
        $address = \getenv('CLOAKROOM_SOCKET');
        if ($address === false || $address === '') {
            $address = \str_starts_with($savePath, self::SCHEME) ? $savePath : self::DEFAULT;
        }

        return \str_starts_with($address, self::SCHEME) ? \substr($address, \strlen(self::SCHEME)) : $address;
    }
}
