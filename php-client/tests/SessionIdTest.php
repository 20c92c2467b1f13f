<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests;

use Cloakroom\SessionId;
use PHPUnit\Framework\TestCase;

final class SessionIdTest extends TestCase
{
    protected function tearDown(): void
    {
        putenv('CLOAKROOM_STRICT');
        ini_restore('session.sid_length');
        ini_restore('session.sid_bits_per_character');
    }

    /** @dataProvider settings */
    public function testIdFollowsTheSettings(int $length, int $bits, string $pattern): void
    {
        ini_set('session.sid_length', (string) $length);
        ini_set('session.sid_bits_per_character', (string) $bits);

        self::assertMatchesRegularExpression($pattern, SessionId::generate());
    }

    /** @return iterable<string, array{int, int, string}> */
    public function settings(): iterable
    {
        yield 'default' => [32, 4, '/^[0-9a-f]{32}$/D'];
        yield 'odd' => [33, 4, '/^[0-9a-f]{33}$/D'];
        yield 'longest' => [256, 4, '/^[0-9a-f]{256}$/D'];
        yield 'Debian' => [26, 5, '/^[0-9a-v]{26}$/D'];
        yield 'longest of 5 bits' => [256, 5, '/^[0-9a-v]{256}$/D'];
        yield '6 bits' => [48, 6, '/^[0-9a-zA-Z,-]{48}$/D'];
        yield 'longer than asked: 4 bits' => [22, 4, '/^[0-9a-f]{32}$/D'];
        yield 'longer than asked: 5 bits' => [22, 5, '/^[0-9a-v]{26}$/D'];
        yield 'enough: 6 bits' => [22, 6, '/^[0-9a-zA-Z,-]{22}$/D'];
    }

    /** @dataProvider words */
    public function testOperatorCanSwitchStrictnessOff(string $word, bool $strict): void
    {
        putenv("CLOAKROOM_STRICT=$word");
        ini_set('session.sid_length', '22');
        ini_set('session.sid_bits_per_character', '4');

        self::assertSame($strict, SessionId::isStrict());
        self::assertSame($strict ? 32 : 22, \strlen(SessionId::generate()));
    }

    /** @return list<array{string, bool}> */
    public function words(): array
    {
        return [['off', false], ['OFF', false], ['0', false], ['no', false], ['No', false], ['false', false],
            ['on', true], ['1', true], ['', true], ['offf', true]];
    }

    /** @dataProvider alphabets */
    public function testEveryCharacterIsEquallyLikely(int $bits, int $characters): void
    {
        ini_set('session.sid_length', '256');
        ini_set('session.sid_bits_per_character', (string) $bits);
        $text = '';
        for ($i = 0; $i < 400; ++$i) {
            $text .= SessionId::generate();
        }
        $counts = count_chars($text, 1);
        $expected = \strlen($text) / $characters;

        self::assertCount($characters, $counts);
        // Seven standard deviations: one run in 10^10 fails by chance.
        self::assertLessThan(7 * sqrt($expected), max($counts) - $expected);
        self::assertLessThan(7 * sqrt($expected), $expected - min($counts));
    }

    /** @return list<array{int, int}> */
    public function alphabets(): array
    {
        return [[4, 16], [5, 32], [6, 64]];
    }
}
