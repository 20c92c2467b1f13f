<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\Browser;
use Cloakroom\Tests\Support\Fpm;
use Cloakroom\Tests\Support\ProtectionTestCase;

/** "Remember me" under PHP-FPM, as browsers see it. */
final class RememberMeTest extends ProtectionTestCase
{
    private const DAY = 86_400;

    private const PAGE = <<<'PHP'
        use Cloakroom\RememberMe;
        use Cloakroom\Session;
        session_start();
        try {
            if (!isset($_SESSION['user']) && ($user = RememberMe::redeem()) !== null) {
                session_regenerate_id(true);
                $_SESSION['user'] = $user;
                $_SESSION['loggedIn'] = RememberMe::issuedAt()->getTimestamp();
                Session::identify($user);
            }
            switch ($_GET['do'] ?? '') {
                case 'login':
                    session_regenerate_id(true);
                    $_SESSION['user'] = $_GET['user'];
                    Session::identify($_GET['user']);
                    RememberMe::issue($_GET['user']);
                    break;
                case 'age':
                    $own = array_filter(Session::sessions($_SESSION['user']), fn ($session) => $session->isCurrent);
                    exit(json_encode([
                        $_SESSION['loggedIn'] ?? null,
                        RememberMe::issuedAt()?->getTimestamp(),
                        current($own) ? current($own)->created->getTimestamp() : null,
                    ]));
                case 'logout':
                    RememberMe::forget();
                    $_SESSION = [];
                    session_regenerate_id(true);
                    break;
                case 'destroy':
                    session_destroy();
                    exit('destroyed');
                case 'endOther':
                    foreach (Session::sessions() as $session) {
                        $session->isCurrent || Session::end($session->tag);
                    }
                    break;
                case 'plain':
                    session_regenerate_id(true);
                    $_SESSION['user'] = $_GET['user'];
                    Session::identify($_GET['user']);
                    break;
                case 'remember':
                    // The session is not changed.
                    RememberMe::issue($_SESSION['user']);
                    break;
                case 'remember late':
                    session_write_close();
                    RememberMe::issue($_SESSION['user']);
                    break;
                case 'endAll':
                    Session::endAll();
                    break;
                case 'endOthers':
                    Session::endOthers();
                    break;
            }
            echo $_SESSION['user'] ?? 'nobody';
        } catch (Cloakroom\SessionException $exception) {
            echo 'failed: ', $exception->getMessage();
        }
        PHP;

    public function testUserIsKnownAgainWhenTheSessionIsOver(): void
    {
        $browser = $this->remembered();
        $first = $browser->others['remember'];
        self::assertMatchesRegularExpression('/^[A-Za-z0-9_-]{64}$/D', $first);
        self::assertSame('alice', $browser->get('remember.php')->body);
        self::assertSame($first, $browser->others['remember'], 'a session that lives needs no token');

        for ($day = 1; $day < 30; ++$day) {
            self::$daemon->advance(self::DAY);
            $before = $browser->others['remember'];
            self::assertSame('alice', $browser->get('remember.php')->body, "day $day");
            self::assertNotSame($before, $browser->others['remember']);
        }
        self::$daemon->advance(self::DAY);
        self::assertSame('nobody', $browser->get('remember.php')->body, 'thirty days after the log-in');
        self::assertSame([], $browser->others, 'the cookie is deleted');
    }

    public function testApplicationLearnsWhenTheUserLoggedIn(): void
    {
        $browser = $this->remembered();
        [$kept, $issued, $loggedIn] = json_decode($browser->get('remember.php', 'do=age')->body);
        self::assertSame([null, null], [$kept, $issued], 'no token was needed');
        for ($day = 1; $day < 4; ++$day) {
            self::$daemon->advance(self::DAY);
            [$kept, $issued] = json_decode($browser->get('remember.php', 'do=age')->body);
            self::assertSame($issued, $kept, "day $day");
            self::assertEqualsWithDelta($loggedIn, $kept, 1, "day $day");
            [$kept, $issued, $created] = json_decode($browser->get('remember.php', 'do=age')->body);
            self::assertNull($issued, 'the session lives');
            self::assertGreaterThanOrEqual($kept + $day * self::DAY, $created, 'the session has begun anew');
        }
        $browser->cookie = '';
        $other = $browser->elsewhere();
        [$first] = json_decode($browser->get('remember.php', 'do=age')->body);
        [$second] = json_decode($other->get('remember.php', 'do=age')->body);
        self::assertSame([$kept, $kept], [$first, $second], 'also for a request of the same page');
    }

    public function testCookieIsAsSafeAsItCanBe(): void
    {
        $fpm = $this->rememberingSite();
        $head = (new Browser($fpm))->get('remember.php', 'do=login&user=alice')->head;
        $pattern = '/^Set-Cookie: remember=[\w-]{64}; expires=([^;]+); Max-Age=(2592000|2591999); path=\/; HttpOnly; SameSite=Lax\r?$/m';
        self::assertMatchesRegularExpression($pattern, $head);
        preg_match($pattern, $head, $match);
        self::assertEqualsWithDelta(time() + 30 * self::DAY, strtotime($match[1]), 5);

        $browser = new Browser($fpm);
        $https = ['HTTPS' => 'on'];
        $head = $browser->get('remember.php', 'do=login&user=alice', $https)->head;
        self::assertMatchesRegularExpression(
            '/^Set-Cookie: __Host-remember=[\w-]{64}; .*path=\/; secure; HttpOnly; SameSite=Lax\r?$/m',
            $head,
        );
        $browser->cookie = '';
        self::assertSame('alice', $browser->get('remember.php', '', $https)->body);
        $head = $browser->get('remember.php', 'do=logout', $https)->head;
        self::assertMatchesRegularExpression('/^Set-Cookie: __Host-remember=deleted; .*secure; HttpOnly/m', $head);
        self::assertSame([], $browser->others);
    }

    public function testRequestsAtTheSameTimeAreOneUse(): void
    {
        $browser = $this->remembered();
        $browser->cookie = '';
        $sent = [];
        for ($request = 0; $request < 4; ++$request) {
            $sent[] = $browser->send('remember.php');
        }
        $new = 0;
        foreach ($sent as $request) {
            $answer = $browser->take($request);
            self::assertSame('alice', $answer->body);
            $new += substr_count($answer->head, 'Set-Cookie: remember=');
        }
        self::assertSame(1, $new);
        $browser->cookie = '';
        self::$daemon->advance(120);
        self::assertSame('alice', $browser->get('remember.php')->body);
        self::assertSame([], preg_grep('/^reuse/', $this->events()));
    }

    /** @dataProvider whoIsFirst */
    public function testStolenTokenEndsForBoth(bool $isThiefFirst): void
    {
        $owner = $this->remembered();
        $owner->cookie = '';
        $thief = $owner->elsewhere('198.51.100.9');
        [$first, $second] = $isThiefFirst ? [$thief, $owner] : [$owner, $thief];
        self::assertSame('alice', $first->get('remember.php')->body);
        self::$daemon->advance(61);
        $this->events();
        self::assertSame('nobody', $second->get('remember.php')->body);
        self::assertSame([], $second->others);
        $reuse = preg_grep('/^reuse/', $this->events());
        self::assertCount(1, $reuse);
        self::assertMatchesRegularExpression(
            "/^reuse client=$second->address reason=\"remember me\" user=[0-9a-f]{12}$/",
            current($reuse),
        );
        $first->cookie = '';
        self::assertSame('nobody', $first->get('remember.php')->body);
    }

    /** @return array<string, array{bool}> */
    public static function whoIsFirst(): array
    {
        return ['the thief' => [true], 'the owner' => [false]];
    }

    public function testLogOutForgets(): void
    {
        $browser = $this->remembered();
        $copy = $browser->elsewhere();
        self::assertSame('nobody', $browser->get('remember.php', 'do=logout')->body);
        self::assertSame([], $browser->others);
        self::assertSame('nobody', $browser->get('remember.php')->body);
        $copy->cookie = '';
        self::assertSame('nobody', $copy->get('remember.php')->body, 'it has ended, and not only been deleted');
    }

    public function testLogOutOfTheSessionForgets(): void
    {
        $browser = $this->remembered();
        $copy = $browser->elsewhere();
        $copy->cookie = '';
        self::assertSame('destroyed', $browser->get('remember.php', 'do=destroy')->body);
        self::assertSame('nobody', $copy->get('remember.php')->body);
        self::assertSame([], $copy->others);
        self::assertSame('nobody', $browser->get('remember.php')->body);
    }

    public function testDeviceThatIsLoggedOutFromAnotherIsRememberedNoMore(): void
    {
        $fpm = $this->rememberingSite();
        $name = 'carol';
        [$here, $there] = [$this->remembered($name, $fpm), $this->remembered($name, $fpm)];
        self::assertSame($name, $here->get('remember.php', 'do=endOther')->body);
        self::assertSame('nobody', $there->get('remember.php')->body);
        self::assertSame([], $there->others);
        $here->cookie = '';
        self::assertSame($name, $here->get('remember.php')->body);
    }

    public function testDeviceThatCameBackIsLoggedOutWithItsSession(): void
    {
        $fpm = $this->rememberingSite();
        $name = 'dave';
        $there = $this->remembered($name, $fpm);
        for ($day = 1; $day < 3; ++$day) {
            self::$daemon->advance(self::DAY);
            self::assertSame($name, $there->get('remember.php')->body, 'a session that times out leaves it');
        }
        $here = $this->remembered($name, $fpm);
        self::assertSame($name, $here->get('remember.php', 'do=endOther')->body);
        self::assertSame('nobody', $there->get('remember.php')->body);
    }

    /** @dataProvider laterIssues */
    public function testSessionThatWasThereBeforeGoesWithTheCookie(string $do): void
    {
        $browser = new Browser($this->rememberingSite());
        self::assertSame('alice', $browser->get('remember.php', 'do=plain&user=alice')->body);
        self::assertSame('alice', $browser->get('remember.php', 'do=' . rawurlencode($do))->body);
        $copy = $browser->elsewhere();
        $copy->cookie = '';
        self::assertArrayHasKey('remember', $copy->others);
        self::assertSame('destroyed', $browser->get('remember.php', 'do=destroy')->body);
        self::assertSame('nobody', $copy->get('remember.php')->body);
    }

    /** @return array<string, array{string}> */
    public static function laterIssues(): array
    {
        return ['in an open session' => ['remember'], 'behind it' => ['remember late']];
    }

    public function testSessionGoesWithTheCookieThatWasLookedAtBeforeItWasOpened(): void
    {
        $fpm = $this->rememberingSite();
        $fpm->page('early.php', <<<'PHP'
            use Cloakroom\RememberMe;
            $user = RememberMe::redeem();
            session_start();
            if ($user !== null) {
                session_regenerate_id(true);
                $_SESSION['user'] = $user;
                Cloakroom\Session::identify($user);
            }
            echo $_SESSION['user'] ?? 'nobody';
            PHP);
        $browser = $this->remembered('alice', $fpm);
        $browser->cookie = '';
        self::assertSame('alice', $browser->get('early.php')->body);
        $copy = $browser->elsewhere();
        $copy->cookie = '';
        self::assertSame('destroyed', $browser->get('remember.php', 'do=destroy')->body);
        self::assertSame('nobody', $copy->get('remember.php')->body);
    }

    public function testLogInAnewEndsTheTokenBefore(): void
    {
        $browser = $this->remembered();
        $copy = $browser->elsewhere();
        $copy->cookie = '';
        self::assertSame('bob', $browser->get('remember.php', 'do=login&user=bob')->body);
        self::assertSame('nobody', $copy->get('remember.php')->body);
        $browser->cookie = '';
        self::assertSame('bob', $browser->get('remember.php')->body);
    }

    /** @dataProvider endings */
    public function testNobodyComesBackAfterTheEndOfAllSessions(string $ending): void
    {
        $fpm = $this->rememberingSite();
        $alice = [$this->remembered('alice', $fpm), $this->remembered('alice', $fpm)];
        $bob = $this->remembered('bob', $fpm);
        $alice[0]->get('remember.php', "do=$ending");
        foreach ($alice as $browser) {
            $browser->cookie = '';
            self::assertSame('nobody', $browser->get('remember.php')->body);
        }
        $bob->cookie = '';
        self::assertSame('bob', $bob->get('remember.php')->body);
    }

    /** @return array<string, array{string}> */
    public static function endings(): array
    {
        return ['all' => ['endAll'], 'all others' => ['endOthers']];
    }

    public function testAnotherBrowserIsRefusedAndTheOwnerIsStillKnown(): void
    {
        $owner = $this->remembered();
        $owner->cookie = '';
        $thief = $owner->elsewhere(agent: Browser::CHROME);
        $this->events();
        self::assertSame('nobody', $thief->get('remember.php')->body);
        self::assertStringStartsWith('rejected action=denied client=192.0.2.10 reason=agent user=', $this->events()[0]);
        self::assertSame([], $thief->others);
        self::assertSame('alice', $owner->get('remember.php')->body);
    }

    public function testCookieThatIsNoTokenIsDeleted(): void
    {
        $fpm = $this->rememberingSite();
        foreach (['x', str_repeat('!', 64), str_repeat('A', 63), str_repeat('A', 64)] as $cookie) {
            $browser = new Browser($fpm, others: ['remember' => $cookie]);
            self::assertSame('nobody', $browser->get('remember.php')->body);
            self::assertSame([], $browser->others, $cookie);
        }
        $request = $fpm->send('remember.php', '', '', ['HTTP_COOKIE' => 'remember[a]=b', 'REMOTE_ADDR' => '192.0.2.10']);
        self::assertSame('nobody', $request->answer()->body);
    }

    public function testNoSessionNeedBeOpenAndAnOpenOneKeepsItsLock(): void
    {
        $fpm = $this->rememberingSite();
        $fpm->page('before.php', <<<'PHP'
            use Cloakroom\RememberMe;
            RememberMe::issue('alice');
            $seen = [RememberMe::redeem()];
            session_start();
            $seen[] = RememberMe::redeem();
            $_SESSION['count'] = 1 + ($_SESSION['count'] ?? 0);
            touch('state/locked');
            for ($end = hrtime(true) + 10e9; !file_exists('state/go') && hrtime(true) < $end;) {
                usleep(1000);
            }
            $seen[] = RememberMe::redeem();
            session_write_close();
            $seen[] = RememberMe::redeem();
            echo implode(',', $seen);
            PHP);
        $fpm->page('count.php', 'session_start(); touch("state/has"); echo $_SESSION["count"] ?? 0;');
        $browser = new Browser($fpm);
        $browser->get('remember.php');
        $request = $browser->send('before.php');
        $fpm->awaitFile('locked');
        $waiting = $browser->send('count.php');
        usleep(200_000);
        self::assertFileDoesNotExist("$fpm->directory/state/has", 'the other request waits for the lock');
        $fpm->makeFile('go');
        self::assertSame('alice,alice,alice,alice', $browser->take($request)->body);
        self::assertSame('1', $waiting->answer()->body);
    }

    public function testFailuresAreExceptions(): void
    {
        $fpm = $this->rememberingSite();
        $fpm->page('wrong.php', <<<'PHP'
            use Cloakroom\RememberMe;
            $try = function (callable $call): void {
                try {
                    $call();
                } catch (Cloakroom\SessionException $exception) {
                    echo $exception->getMessage(), "\n";
                }
            };
            if (isset($_GET['output'])) {
                echo "output\n";
                while (ob_get_level() > 0) {
                    ob_end_flush();
                }
                flush();
            }
            $try(fn () => RememberMe::issue($_GET['user']));
            $try(fn () => RememberMe::redeem());
            PHP);
        $long = str_repeat('a', 256);
        self::assertSame("the name of a user has 1 to 255 bytes\n", $fpm->get('wrong.php', 'user=')->body);
        self::assertSame("the name of a user has 1 to 255 bytes\n", $fpm->get('wrong.php', "user=$long")->body);
        $browser = $this->remembered('alice', $fpm);
        $late = 'the cookie can no longer be set: this has to be called before any output';
        self::assertSame("output\n$late\n$late\n", $browser->get('wrong.php', 'user=alice&output=1')->body);

        $browser->cookie = '';
        $fpm->page('redeem.php', <<<'PHP'
            try {
                echo Cloakroom\RememberMe::redeem() ?? 'nobody';
            } catch (Cloakroom\SessionException $exception) {
                echo $exception->getMessage();
            }
            PHP);
        self::$daemon->stop(SIGKILL);
        $answer = $browser->get('redeem.php');
        self::assertStringStartsWith('cloakroomd cannot be reached', $answer->body);
        self::assertStringNotContainsString('Set-Cookie', $answer->head, 'it is as good as before');
        self::$daemon->start();
        self::assertSame('alice', $browser->get('redeem.php')->body);
    }

    private function remembered(string $user = 'alice', ?Fpm $fpm = null): Browser
    {
        $browser = new Browser($fpm ?? $this->rememberingSite());
        self::assertSame($user, $browser->get('remember.php', "do=login&user=$user")->body);
        self::assertArrayHasKey('remember', $browser->others);

        return $browser;
    }

    private function rememberingSite(): Fpm
    {
        $fpm = $this->fpm(2);
        $fpm->page('remember.php', self::PAGE);

        return $fpm;
    }
}
