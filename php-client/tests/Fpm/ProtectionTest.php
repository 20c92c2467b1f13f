<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\Browser;
use Cloakroom\Tests\Support\ProtectionTestCase;

/** What the default rules do, asked as browsers ask. */
final class ProtectionTest extends ProtectionTestCase
{
    protected const CONFIGURATION = "[sessions]\nabsolute_timeout = 7200\n[log]\nevents = \"all\"\n";

    public function testPlantedIdIsNotTakenUp(): void
    {
        $fpm = $this->site();
        $victim = new Browser($fpm, cookie: str_repeat('planted0', 4));
        self::assertSame('unknown id', $this->rejection($victim));
        self::assertNotSame(str_repeat('planted0', 4), $victim->cookie);
        self::assertNull($this->rejection($victim));
    }

    public function testIdOfTheAttackerDoesNotFollowTheLogIn(): void
    {
        $fpm = $this->site();
        $attacker = new Browser($fpm);
        $attacker->get('app.php');
        $victim = $attacker->elsewhere();
        $this->events();
        self::assertSame('Ada', $this->user($victim, 'do=login&user=Ada'));
        self::assertSame(['regenerated client=192.0.2.10'], $this->events());
        self::assertSame('reused', $this->rejection($attacker), 'dead at once');
        self::assertSame([], $this->events(), 'which may be a request that was under way');

        $late = $victim->elsewhere();
        self::assertSame('Ada', $this->user($victim, 'do=login&user=Ada'));
        self::$daemon->advance(61);
        self::assertSame('reused', $this->rejection($late));
        self::assertSame('reuse client=192.0.2.10 ended=0', $this->events()[1]);
        self::assertSame('Ada', $this->user($victim));
    }

    public function testReplacedIdLivesForTheGraceOnly(): void
    {
        $fpm = $this->site();
        $browser = $this->loggedIn($fpm);
        $old = $browser->elsewhere();
        $browser->get('app.php', 'do=renew');
        self::assertNotSame($old->cookie, $browser->cookie);
        self::$daemon->advance(30);
        self::assertSame('Ada', $this->user($old->elsewhere()), 'an answer with the new id may be lost');
        self::assertSame('user agent', $this->rejection($old->elsewhere(agent: Browser::CHROME)));
        self::$daemon->advance(30);
        $this->events();
        self::assertSame('reused', $this->rejection($old));
        self::assertSame(['reuse client=192.0.2.10 ended=0'], $this->events());
        self::assertSame('Ada', $this->user($browser));
    }

    public function testOtherNetworkIsReportedAndServed(): void
    {
        $browser = $this->loggedIn($this->site());
        $this->events();
        self::assertSame('Ada', $this->user($browser->elsewhere('192.0.99.1')), 'the same network');
        self::assertSame([], $this->events());
        self::assertSame('Ada', $this->user($browser->elsewhere('2001:db8::7')));
        self::assertSame(['rejected action=reported client=2001:db8::7 reason=address'], $this->events());
    }

    public function testOtherBrowserIsRefusedAndTheOwnerKeepsHisSession(): void
    {
        $browser = $this->loggedIn($this->site());
        $this->events();
        $thief = $browser->elsewhere(agent: Browser::CHROME);
        self::assertSame('user agent', $this->rejection($thief));
        self::assertSame('rejected action=denied client=192.0.2.10 reason=agent', $this->events()[0]);
        self::assertNotSame($browser->cookie, $thief->cookie);
        self::assertNull($this->user($thief), 'a session of his own');
        self::assertSame('user agent', $this->rejection($browser->elsewhere(agent: '')), 'no user agent at all');
        self::assertSame('Ada', $this->user($browser));
        $this->user($browser->elsewhere(agent: Browser::CHROME), 'do=logout');
        self::assertSame('Ada', $this->user($browser), 'nor can he log the owner out');
    }

    /** @dataProvider sameBrowsers */
    public function testSameBrowserIsNotRefused(string $before, string $after): void
    {
        $fpm = $this->site();
        $browser = new Browser($fpm, agent: $before);
        $browser->get('app.php');
        $browser->get('app.php', 'do=login&user=Ada');
        $this->events();
        $browser->agent = $after;
        self::assertSame('Ada', $this->user($browser));
        self::assertSame([], $this->events());
    }

    /** @return array<string, array{string, string}> */
    public static function sameBrowsers(): array
    {
        $chrome = 'Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%s Safari/537.36';

        return [
            'Firefox, the next version' => [Browser::FIREFOX, str_replace('140', '141', Browser::FIREFOX)],
            'Chrome, the next version' => [
                sprintf($chrome, 'Windows NT 10.0; Win64; x64', '138.0.0.0'),
                sprintf($chrome, 'Windows NT 10.0; Win64; x64', '139.0.0.0'),
            ],
            'Chrome, reduced' => [
                sprintf($chrome, 'Linux; Android 13; Pixel 7 Build/TQ1A', '109.0.5414.117 Mobile'),
                Browser::CHROME,
            ],
            'Chrome on Android, desktop site' => [Browser::CHROME, sprintf($chrome, 'X11; Linux x86_64', '138.0.0.0')],
            'Safari on an iPad, desktop site' => [
                'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 '
                    . 'Mobile/15E148 Safari/604.1',
                'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 '
                    . 'Safari/605.1.15',
            ],
        ];
    }

    public function testIdleSessionTimesOut(): void
    {
        $browser = $this->loggedIn($this->site());
        self::$daemon->advance(1410);
        self::assertSame('Ada', $this->user($browser));
        self::$daemon->advance(1410);
        self::assertSame('Ada', $this->user($browser), 'each use counts, also one that changes nothing');
        self::$daemon->advance(1440);
        self::assertSame('idle', $this->rejection($browser));
        self::assertNull($this->user($browser));
    }

    public function testSessionThatIsUsedAllTheTimeGrowsTooOldWhateverItsId(): void
    {
        $browser = $this->loggedIn($this->site());
        for ($minutes = 10; $minutes < 120; $minutes += 10) {
            self::$daemon->advance(600);
            self::assertSame('Ada', $this->user($browser, $minutes % 20 === 0 ? 'do=renew' : 'do=login&user=Ada'));
            $minutes === 60 && self::$daemon->restart();
        }
        self::$daemon->advance(600);
        self::assertSame('absolute', $this->rejection($browser));
    }

    public function testTimesHoldAcrossARestart(): void
    {
        $browser = $this->loggedIn($this->site());
        self::$daemon->advance(1000);
        self::$daemon->restart();
        self::assertSame('Ada', $this->user($browser->elsewhere()));
        self::$daemon->advance(1400);
        self::$daemon->restart();
        self::assertSame('Ada', $this->user($browser->elsewhere()));
        self::$daemon->restart();
        self::$daemon->advance(1440);
        self::assertSame('idle', $this->rejection($browser));
    }

    public function testLogOutWithARequestInFlight(): void
    {
        $fpm = $this->site();
        $fpm->page('slow.php', <<<'PHP'
            session_start();
            $_SESSION['value'] = 'late';
            touch('state/started');
            while (!file_exists('state/go')) {
                usleep(1000);
            }
            PHP);
        $browser = $this->loggedIn($fpm);
        $other = $browser->elsewhere();
        $slow = $browser->send('slow.php');
        $fpm->awaitFile('started');
        // The log-out waits for the slow request, and is the last to have the session.
        $logout = $browser->send('app.php', 'do=logout');
        $fpm->makeFile('go');
        $slow->answer();
        $browser->take($logout);
        self::assertNull($this->user($other));
        self::assertNotNull($this->rejection($browser->elsewhere()));
    }

    public function testScriptOfTheCommandLineIsNobodysBrowser(): void
    {
        $browser = $this->loggedIn($this->site());
        self::assertStringContainsString('Ada', $this->readHere($browser->cookie));
        self::assertSame('Ada', $this->user($browser));
    }
}
