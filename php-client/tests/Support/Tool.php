<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** The programs that the tests run. A missing one is a failure that says where it comes from. */
final class Tool
{
    public static function daemon(): string
    {
        $path = getenv('CLOAKROOMD') ?: \dirname(__DIR__, 3) . '/.build/debug/cloakroomd';
        if (!is_executable($path)) {
            throw new \RuntimeException("$path is missing: run `swift build --product cloakroomd`, or set CLOAKROOMD");
        }

        return (string) realpath($path);
    }

    public static function control(): string
    {
        $path = \dirname(self::daemon()) . '/cloakroomctl';
        if (!is_executable($path)) {
            throw new \RuntimeException("$path is missing: run `swift build --product cloakroomctl`");
        }

        return $path;
    }

    public static function gate(): string
    {
        $path = \dirname(self::daemon()) . '/cloakroom-fcgi';
        if (!is_executable($path)) {
            throw new \RuntimeException("$path is missing: run `swift build --product cloakroom-fcgi`");
        }

        return $path;
    }

    /** The library that moves the clock of a daemon. */
    public static function testClock(): string
    {
        $path = \dirname(self::daemon()) . '/libcloakroom-test-clock.so';
        if (!is_file($path)) {
            throw new \RuntimeException("$path is missing: run `swift build --product cloakroom-test-clock`");
        }

        return $path;
    }

    public static function fpm(): string
    {
        $version = PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;

        return self::find("php-fpm$version", "php$version-fpm");
    }

    public static function fcgiClient(): string
    {
        return self::find('cgi-fcgi', 'libfcgi-bin');
    }

    public static function nginx(): string
    {
        return self::find('nginx', 'nginx-light');
    }

    public static function apache(): string
    {
        return self::find('apache2', 'apache2-bin');
    }

    public static function lighttpd(): string
    {
        return self::find('lighttpd', 'lighttpd');
    }

    public static function redisServer(): string
    {
        return self::find('redis-server', 'redis-server');
    }

    private static function find(string $program, string $package): string
    {
        foreach ([...explode(':', (string) getenv('PATH')), '/usr/sbin', '/usr/bin'] as $folder) {
            if (is_executable("$folder/$program")) {
                return "$folder/$program";
            }
        }
        throw new \RuntimeException("$program is missing: apt-get install $package");
    }
}
