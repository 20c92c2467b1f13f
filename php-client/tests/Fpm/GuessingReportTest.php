<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\Browser;
use Cloakroom\Tests\Support\ProtectionTestCase;

/** As it is without a word of the operator's: who sends ids that nobody has is reported, and refused nothing. */
final class GuessingReportTest extends ProtectionTestCase
{
    public function testGuessesAreReportedOnce(): void
    {
        $fpm = $this->site();
        $attacker = new Browser($fpm, '2001:db8::1');
        $events = [];
        // Of two minutes one may end just now, but not both.
        for ($round = 0; $round < 2 && $events === []; ++$round) {
            for ($number = 0; $number < 31; ++$number) {
                // All of one /64.
                $attacker->address = '2001:db8::' . dechex($number + 1);
                $attacker->cookie = bin2hex(random_bytes(16));
                self::assertSame('unknown id', $this->rejection($attacker));
            }
            $events = $this->events();
        }
        self::assertSame(['guessing action=slowed client=2001:db8::1f'], $events);
    }
}
