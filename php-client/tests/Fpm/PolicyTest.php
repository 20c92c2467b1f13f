<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\Browser;
use Cloakroom\Tests\Support\ProtectionTestCase;

/** Rules that an operator has made harder. */
final class PolicyTest extends ProtectionTestCase
{
    protected const CONFIGURATION = <<<'TOML'
        [sessions]
        idle_timeout = 1200
        first_timeout = 60
        reuse = "end"
        [binding]
        address = "deny"
        ipv4_prefix = 24
        agent = "destroy"
        agent_match = "exact"
        trusted_proxies = ["10.0.0.0/8"]
        [log]
        events = "all"
        TOML;

    public function testOtherNetworkIsRefused(): void
    {
        $browser = $this->loggedIn($this->site());
        self::assertSame('Ada', $this->user($browser->elsewhere('192.0.2.200')));
        self::assertSame('address', $this->rejection($browser->elsewhere('192.0.3.1')));
        self::assertSame('Ada', $this->user($browser), 'the owner keeps it');
    }

    public function testOtherBrowserEndsTheSessionForBoth(): void
    {
        $browser = $this->loggedIn($this->site());
        $this->events();
        self::assertSame('user agent', $this->rejection($browser->elsewhere(agent: Browser::FIREFOX . ' ')));
        self::assertSame('rejected action=destroyed client=192.0.2.10 reason=agent', $this->events()[0]);
        self::assertSame('unknown id', $this->rejection($browser));
    }

    public function testHeaderIsBelievedFromTrustedProxiesOnly(): void
    {
        $fpm = $this->site();
        $browser = new Browser($fpm, '10.1.2.3');
        $through = ['HTTP_X_FORWARDED_FOR' => '203.0.113.66, 192.0.2.7'];
        $browser->get('app.php', '', $through);
        $browser->get('app.php', 'do=login&user=Ada', $through);
        $moved = ['HTTP_X_FORWARDED_FOR' => '192.0.2.99, 10.9.9.9'];
        self::assertStringContainsString('Ada', $browser->elsewhere('10.7.7.7')->get('app.php', '', $moved)->body);
        $forged = $browser->elsewhere('203.0.113.5')->get('app.php', '', ['HTTP_X_FORWARDED_FOR' => '192.0.2.7']);
        self::assertStringContainsString('"address"', $forged->body);
        $other = $browser->elsewhere('10.1.2.3')->get('app.php', '', ['HTTP_X_FORWARDED_FOR' => '198.51.100.1']);
        self::assertStringContainsString('"address"', $other->body);
    }

    public function testDaemonsIdleTimeoutCountsWhateverPhpSays(): void
    {
        $browser = $this->loggedIn($this->site(['php_value[session.gc_maxlifetime]' => '100000']));
        $browser->get('app.php');
        self::$daemon->advance(1170);
        self::assertSame('Ada', $this->user($browser));
        self::$daemon->advance(1200);
        self::assertSame('idle', $this->rejection($browser));
    }

    public function testSessionOfOneRequestIsShort(): void
    {
        $fpm = $this->site();
        $crawler = new Browser($fpm);
        $crawler->get('app.php');
        self::$daemon->advance(60);
        self::assertSame('idle', $this->rejection($crawler));
    }

    public function testUseOfAnOldIdEndsTheFamilyAndNobodyElses(): void
    {
        $fpm = $this->site();
        $neighbour = $this->loggedIn($fpm, 'Bob');
        $browser = $this->loggedIn($fpm);
        $stolen = $browser->elsewhere();
        $browser->get('app.php', 'do=renew');
        $browser->get('app.php', 'do=renew');
        $neighbour->get('app.php');
        self::$daemon->advance(61);
        $this->events();
        self::assertSame('reused', $this->rejection($stolen));
        self::assertContains('reuse client=192.0.2.10 ended=2', $this->events());
        self::assertSame('unknown id', $this->rejection($browser));
        self::assertSame('Bob', $this->user($neighbour));
    }
}
