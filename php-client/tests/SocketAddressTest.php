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
        putenv('CLOAKROOM_POOL');
    }

    public function testPoolOfTheEnvironmentComesBeforeThatOfTheAddress(): void
    {
        self::assertSame('/b.sock?pool=shop', SocketAddress::find('unix:///b.sock?pool=shop'));
        putenv('CLOAKROOM_POOL=blog');
        self::assertSame('/b.sock?pool=blog', SocketAddress::find('unix:///b.sock?pool=shop'));
        self::assertSame('/run/cloakroom/php.sock?pool=blog', SocketAddress::find(''));
        putenv('CLOAKROOM_SOCKET=/a.sock');
        self::assertSame('/a.sock?pool=blog', SocketAddress::find(''));
        putenv('CLOAKROOM_POOL=');
        self::assertSame('/a.sock', SocketAddress::find(''));
    }

    public function testPathAndPoolAreToldApart(): void
    {
        self::assertSame(['/a.sock', ''], SocketAddress::parts('/a.sock'));
        self::assertSame(['/a.sock', 'shop'], SocketAddress::parts('/a.sock?pool=shop'));
        self::assertSame(['/a.sock', ''], SocketAddress::parts('/a.sock?pool='));
        self::assertSame(['/a?b.sock', 'a?pool=b'], SocketAddress::parts('/a?b.sock?pool=a?pool=b'));
        self::assertSame(255, \strlen(SocketAddress::parts('/a.sock?pool=' . str_repeat('a', 300))[1]));
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
