<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\Browser;
use Cloakroom\Tests\Support\ProtectionTestCase;

/** Ids that nobody has, sent again and again. */
class GuessingTest extends ProtectionTestCase
{
    protected const CONFIGURATION = <<<'TOML'
        [limits]
        unknown_ids_per_minute = 600
        unknown_ids_refuse_after = 1
        unknown_ids_refuse_for = 600
        TOML;

    private const GUESSES = <<<'PHP'
        ini_set('session.use_cookies', '0');
        ini_set('session.cache_limiter', '');
        set_error_handler(function (int $level, string $message) use (&$error): bool {
            $error ??= $message;
            return true;
        });
        for ($number = 0; $number < (int) $_GET['count'] && !isset($error); ++$number) {
            session_id(bin2hex(random_bytes(16)));
            session_start() && session_abort();
        }
        echo json_encode([$number, $error ?? null]);
        PHP;

    public function testGuessesAreRefusedAndNobodyElseIs(): void
    {
        $fpm = $this->site();
        $fpm->page('guess.php', self::GUESSES);
        $neighbour = $this->loggedIn($fpm, 'Bob');
        $attacker = new Browser($fpm, '203.0.113.9');
        $known = new Browser($fpm, '203.0.113.9');
        $known->get('app.php');
        $known->get('app.php', 'do=login&user=Ada');

        // In one minute or in two: one of them has more than may be.
        [$number, $error] = json_decode($attacker->get('guess.php', 'count=1201')->body, true);
        self::assertGreaterThanOrEqual(600, $number);
        self::assertStringContainsString('too many unknown session ids', (string) $error);
        self::assertSame(['guessing action=refused client=203.0.113.9'], $this->events());
        self::assertStringStartsWith('[1,"', $attacker->get('guess.php', 'count=5')->body);
        self::assertSame([], $this->events(), 'said once');

        self::assertSame('Ada', $this->user($known), 'the same address, with a session');
        self::assertSame('Bob', $this->user($neighbour));
        $visitor = new Browser($fpm, '203.0.113.9');
        self::assertNull($this->user($visitor), 'the same address, without a cookie');
        self::assertNotSame('', $visitor->cookie);
        self::assertSame('unknown id', $this->rejection(new Browser($fpm, '203.0.113.10', cookie: 'expired')));
    }
}
