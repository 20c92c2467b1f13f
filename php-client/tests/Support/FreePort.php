<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** A port of 127.0.0.1 that nothing listened on a moment ago, for servers that cannot choose one themselves. */
final class FreePort
{
    public static function take(): int
    {
        $stream = stream_socket_server('tcp://127.0.0.1:0', $errno, $error);
        if ($stream === false) {
            throw new \RuntimeException("no free port: $error");
        }
        $name = (string) stream_socket_get_name($stream, false);
        fclose($stream);

        return (int) substr($name, (int) strrpos($name, ':') + 1);
    }
}
