<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests;

use Cloakroom\Memory;
use PHPUnit\Framework\TestCase;

final class MemoryTest extends TestCase
{
    private const MIB = 1 << 20;

    protected function tearDown(): void
    {
        ini_set('memory_limit', '-1');
    }

    /** @dataProvider ampleLimits */
    public function testLimitThatLeavesEnoughIsKept(string $limit): void
    {
        ini_set('memory_limit', $limit);

        self::assertTrue(Memory::reserve(4 * self::MIB));
        self::assertSame($limit, ini_get('memory_limit'));
    }

    /** @return list<array{string}> */
    public function ampleLimits(): array
    {
        return [['-1'], ['1G'], ['2000m'], ['1048576K'], ['1073741824']];
    }

    public function testLimitThatLeavesTooLittleIsRaisedByThat(): void
    {
        $used = memory_get_usage(true);
        ini_set('memory_limit', (string) ($used + 3 * self::MIB));

        self::assertTrue(Memory::reserve(4 * self::MIB));
        self::assertSame((string) ($used + 4 * self::MIB), ini_get('memory_limit'));
    }
}
