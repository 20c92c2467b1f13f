<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\Daemon;
use Cloakroom\Tests\Support\Fpm;
use Cloakroom\Tests\Support\FpmTestCase;

/** The sessions of a user under PHP-FPM: what somebody sees who is logged in on several devices. */
final class UsersTest extends FpmTestCase
{
    private const EVENTS = "[log]\nevents = \"all\"\n";
    private ?Daemon $own = null;

    protected function tearDown(): void
    {
        parent::tearDown();
        $this->own?->remove();
        $this->own = null;
    }

    public function testLogOutEverywhereEndsAllSessionsOfTheUserAndNobodyElses(): void
    {
        $fpm = $this->site('');
        $alice = [$this->logIn($fpm, 'alice'), $this->logIn($fpm, 'alice'), $this->logIn($fpm, 'alice')];
        $bob = $this->logIn($fpm, 'bob');

        self::assertSame('3', $fpm->get('call.php', 'do=endAll', $alice[1])->body);
        foreach ($alice as $id) {
            self::assertSame('nobody', $fpm->get('me.php', '', $id)->body);
        }
        self::assertSame('bob', $fpm->get('me.php', '', $bob)->body);
        self::assertSame('0', $fpm->get('call.php', 'do=endAll&user=alice', $bob)->body, 'somebody else may ask, too');
    }

    public function testOthersEnd(): void
    {
        $fpm = $this->site('');
        [$first, $second, $third] = [$this->logIn($fpm, 'alice'), $this->logIn($fpm, 'alice'), $this->logIn($fpm, 'alice')];

        self::assertSame('2', $fpm->get('call.php', 'do=endOthers', $second)->body);
        self::assertSame('nobody', $fpm->get('me.php', '', $first)->body);
        self::assertSame('alice', $fpm->get('me.php', '', $second)->body);
        self::assertSame('nobody', $fpm->get('me.php', '', $third)->body);
    }

    public function testSessionsAreListedWithoutIdsAndOneOfThemEnds(): void
    {
        $fpm = $this->site('');
        $first = $this->logIn($fpm, 'alice', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0');
        $second = $this->logIn($fpm, 'alice');
        $this->logIn($fpm, 'bob');
        $body = $fpm->get('call.php', 'do=sessions', $second)->body;
        $list = json_decode($body, true);

        self::assertCount(2, $list, $body);
        self::assertStringNotContainsString($first, $body);
        self::assertStringNotContainsString($second, $body);
        [$other] = array_values(array_filter($list, fn (array $session): bool => !$session['isCurrent']));
        self::assertMatchesRegularExpression('/^[0-9a-f]{12}$/', $other['tag']);
        self::assertSame(['Firefox on Android or Linux', '127.0.0.0/16'], [$other['browser'], $other['network']]);
        self::assertEqualsWithDelta(time(), strtotime($other['created']['date'] . ' UTC'), 60);

        self::assertSame('true', $fpm->get('call.php', "do=end&tag=$other[tag]", $second)->body);
        self::assertSame('false', $fpm->get('call.php', "do=end&tag=$other[tag]", $second)->body);
        self::assertSame('nobody', $fpm->get('me.php', '', $first)->body);
        self::assertSame('alice', $fpm->get('me.php', '', $second)->body);
    }

    public function testRequestThatEndsItsOwnSessionKeepsNothingAndGetsNoWarning(): void
    {
        $fpm = $this->site('');
        $fpm->page('leave.php', <<<'PHP'
            session_start();
            Cloakroom\Session::endAll();
            $_SESSION['late'] = true;
            isset($_GET['destroy']) && var_dump(session_destroy());
            echo 'bye';
            PHP);
        $id = $this->logIn($fpm, 'alice');
        self::assertSame('bye', $fpm->get('leave.php', '', $id)->body);
        self::assertSame('nobody', $fpm->get('me.php', '', $id)->body);
        $id = $this->logIn($fpm, 'alice');
        self::assertSame("bool(true)\nbye", $fpm->get('leave.php', 'destroy', $id)->body);
    }

    public function testSixthSessionOfFiveEndsTheOldest(): void
    {
        $fpm = $this->site("[users]\nmax_sessions = 5\n");
        $ids = array_map(fn (): string => $this->logIn($fpm, 'alice'), range(1, 5));
        // Times are whole seconds: the second one is the oldest from the next on.
        $start = time();
        while (time() <= $start + 1) {
            usleep(10_000);
        }
        foreach ([0, 2, 3, 4] as $index) {
            self::assertSame('alice', $fpm->get('me.php', '', $ids[$index])->body);
        }
        $ids[] = $this->logIn($fpm, 'alice');

        $left = array_filter($ids, fn (string $id): bool => $fpm->get('me.php', '', $id)->body === 'alice');
        self::assertSame([0, 2, 3, 4, 5], array_keys($left));
        self::assertStringContainsString('session over limit action=ended', $this->log());
    }

    public function testSixthSessionOfFiveIsDenied(): void
    {
        $fpm = $this->site("[users]\nmax_sessions = 5\nwhen_full = \"deny\"\n");
        $ids = array_map(fn (): string => $this->logIn($fpm, 'alice'), range(1, 5));
        $answer = $fpm->get('login.php', 'user=alice');

        self::assertStringContainsString('Cloakroom: too many sessions of this user: ', $answer->body);
        self::assertSame('nobody', $fpm->get('me.php', '', $answer->cookie)->body);
        foreach ($ids as $id) {
            self::assertSame('alice', $fpm->get('me.php', '', $id)->body);
        }
        self::assertSame('1', $fpm->get('call.php', 'do=endAll', $this->logIn($fpm, 'bob'))->body);
        self::assertSame('4', $fpm->get('call.php', 'do=endOthers', $ids[0])->body);
        self::assertSame('alice', $fpm->get('me.php', '', $this->logIn($fpm, 'alice'))->body);
    }

    /** An application that knows nothing of Cloakroom. */
    public function testUserIsFoundInTheSession(): void
    {
        $fpm = $this->site("[users]\nsession_key = \"auth.user\"\n");
        $fpm->page('old.php', <<<'PHP'
            session_start();
            session_regenerate_id();
            $_SESSION['auth'] = ['user' => (int) $_GET['user']];
            PHP);
        $fpm->page('out.php', 'session_start(); unset($_SESSION["auth"]); $_SESSION["user"] = "guest";');
        $ids = array_map(fn (int $user): string => $fpm->get('old.php', "user=$user")->cookie, [17, 17, 17, 4]);

        self::assertSame('3', $fpm->get('call.php', 'do=count', $ids[0])->body);
        self::assertSame('', $fpm->get('out.php', '', $ids[2])->body);
        self::assertSame('2', $fpm->get('call.php', 'do=count', $ids[0])->body);
        self::assertStringStartsWith('no user: ', $fpm->get('call.php', 'do=count', $ids[2])->body);
        self::assertSame('2', $fpm->get('call.php', 'do=endAll', $ids[0])->body);
        self::assertSame('1', $fpm->get('call.php', 'do=count', $ids[3])->body);
    }

    public function testLogInWithoutAnotherIdIsReported(): void
    {
        $fpm = $this->site('');
        $fpm->page('same.php', 'session_start(); $_SESSION["user"] = "alice"; Cloakroom\Session::identify("alice");');
        $id = $fpm->get('visit.php')->cookie;
        $this->logIn($fpm, 'bob', id: $id);
        self::assertStringNotContainsString('the id did not change', $this->log());

        $id = $fpm->get('visit.php')->cookie;
        self::assertSame('', $fpm->get('same.php', '', $id)->body);
        self::assertStringContainsString('reason="the id did not change"', $this->log());
        self::assertStringNotContainsString('alice', $this->log());
        self::assertSame('1', $fpm->get('call.php', 'do=count', $id)->body);
    }

    public function testUserIsSavedAlthoughNothingElseChanges(): void
    {
        $fpm = $this->site('');
        $fpm->page('say.php', 'session_start(); Cloakroom\Session::identify($_GET["user"]);');
        $id = $fpm->get('visit.php')->cookie;
        $fpm->get('say.php', 'user=alice', $id);
        self::assertSame('1', $fpm->get('call.php', 'do=count', $id)->body);
        $fpm->get('say.php', 'user=', $id);
        self::assertStringStartsWith('no user: ', $fpm->get('call.php', 'do=count', $id)->body);
    }

    /** session_regenerate_id() writes the old session first: the user is the new one's. */
    public function testUserGoesToTheNewId(): void
    {
        $fpm = $this->site('');
        $fpm->page('early.php', <<<'PHP'
            session_start();
            Cloakroom\Session::identify('alice');
            session_regenerate_id(isset($_GET['delete']));
            PHP);
        foreach (['', 'delete'] as $query) {
            $id = $fpm->get('early.php', $query, $fpm->get('visit.php')->cookie)->cookie;
            self::assertSame('1', $fpm->get('call.php', 'do=count', $id)->body);
            self::assertSame('1', $fpm->get('call.php', 'do=endAll', $id)->body);
        }
        self::assertStringNotContainsString('the id did not change', $this->log());
    }

    public function testFailuresAreExceptions(): void
    {
        $fpm = $this->site('');
        $fpm->page('wrong.php', <<<'PHP'
            $try = function (callable $call): void {
                try {
                    $call();
                    echo "nothing\n";
                } catch (Cloakroom\SessionException $exception) {
                    echo $exception->getMessage(), "\n";
                }
            };
            $try(fn () => Cloakroom\Session::sessions());
            $try(fn () => Cloakroom\Session::identify('alice'));
            session_start();
            $try(fn () => Cloakroom\Session::sessions());
            $try(fn () => Cloakroom\Session::identify(str_repeat('a', 256)));
            $try(fn () => Cloakroom\Session::end('no tag'));
            session_write_close();
            $try(fn () => Cloakroom\Session::endOthers());
            PHP);
        $lines = explode("\n", $fpm->get('wrong.php')->body);
        foreach ([0, 1, 5] as $line) {
            self::assertSame('there is no open session that Cloakroom keeps: call session_start() before', $lines[$line]);
        }
        self::assertStringStartsWith('no user: cloakroomd says: this session belongs to no user', $lines[2]);
        self::assertSame('the name of a user has at most 255 bytes', $lines[3]);
        self::assertSame('the tag of a session has 12 hexadecimal digits', $lines[4]);

        $fpm->page('gone.php', <<<'PHP'
            session_start();
            touch('state/locked');
            for ($end = hrtime(true) + 10e9; !file_exists('state/go') && hrtime(true) < $end;) {
                usleep(1000);
            }
            try {
                echo count(Cloakroom\Session::sessions());
            } catch (Cloakroom\SessionException $exception) {
                echo $exception->getMessage();
            }
            PHP);
        $request = $fpm->send('gone.php', '', $this->logIn($fpm, 'alice'));
        $fpm->awaitFile('locked');
        $this->own->stop(SIGKILL);
        $fpm->makeFile('go');
        self::assertStringStartsWith('cloakroomd cannot be reached', $request->answer()->body);
    }

    private function log(): string
    {
        return $this->own->log();
    }

    private function logIn(Fpm $fpm, string $user, string $agent = '', string $id = ''): string
    {
        $answer = $fpm->send('login.php', "user=$user", $id, $agent === '' ? [] : ['HTTP_USER_AGENT' => $agent, 'REMOTE_ADDR' => '127.0.0.1'])->answer();
        self::assertSame('', $answer->body);

        return $answer->cookie;
    }

    private function site(string $configuration): Fpm
    {
        $this->own = new Daemon($configuration . "[binding]\nagent = \"off\"\n" . self::EVENTS);
        $fpm = $this->fpm = new Fpm($this->own->socket, 2);
        $fpm->page('visit.php', 'session_start(); $_SESSION["cart"] = 1;');
        $fpm->page('login.php', <<<'PHP'
            session_start();
            session_regenerate_id(true);
            $_SESSION['user'] = $_GET['user'];
            Cloakroom\Session::identify($_GET['user']);
            PHP);
        $fpm->page('me.php', 'session_start(); echo $_SESSION["user"] ?? "nobody";');
        $fpm->page('call.php', <<<'PHP'
            use Cloakroom\Session;
            session_start();
            $user = $_GET['user'] ?? null;
            try {
                echo json_encode(match ($_GET['do']) {
                    'sessions' => Session::sessions($user),
                    'count' => count(Session::sessions($user)),
                    'end' => Session::end($_GET['tag']),
                    'endOthers' => Session::endOthers(),
                    'endAll' => Session::endAll($user),
                });
            } catch (Cloakroom\SessionException $exception) {
                echo $exception->getMessage();
            }
            PHP);

        return $fpm;
    }
}
