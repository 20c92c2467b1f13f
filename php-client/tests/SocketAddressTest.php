<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests;

use Cloakroom\SocketAddress;
use PHPUnit\Framework\TestCase;

final class SocketAddressTest extends TestCase
{
    protected function tearDown(): void
    {
        putenv('CLOAKROOM_SOCKET');
    }

    public function testEnvironmentComesBeforeTheSavePath(): void
    {
        putenv('CLOAKROOM_SOCKET=/a.sock');
        self::assertSame('/a.sock', SocketAddress::find('unix:///b.sock'));
        putenv('CLOAKROOM_SOCKET=unix:///a.sock');
        self::assertSame('/a.sock', SocketAddress::find(''));
    }

    public function testSavePathIsTakenWhenItIsAnAddress(): void
    {
        self::assertSame('/b.sock', SocketAddress::find('unix:///b.sock'));
    }

    public function testDefaultIsTakenInPlaceOfOtherSavePaths(): void
    {
        putenv('CLOAKROOM_SOCKET=');
        foreach (['', '/var/lib/php/sessions', '2;/tmp', 'tcp://localhost:6379'] as $savePath) {
            self::assertSame('/run/cloakroom/php.sock', SocketAddress::find($savePath));
        }
    }
}
