<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\Fpm;
use Cloakroom\Tests\Support\FpmTestCase;

/** Sites under PHP-FPM, whose workers keep their connection from one request to the next. */
final class FpmTest extends FpmTestCase
{
    private const LOGIN = <<<'PHP'
        session_start();
        if ($_GET['do'] === 'login') {
            session_regenerate_id(true);
            $_SESSION['user'] = $_GET['user'];
        } elseif ($_GET['do'] === 'logout') {
            $_SESSION = [];
            session_destroy();
        }
        echo json_encode(['user' => $_SESSION['user'] ?? null, 'worker' => getmypid()]);
        PHP;
    private const COUNT = <<<'PHP'
        session_start();
        $count = $_SESSION['count'] ?? 0;
        usleep(500);
        $_SESSION['count'] = $count + 1;
        echo $count + 1;
        PHP;

    public function testLogInGreetingAndLogOutAcrossWorkers(): void
    {
        $fpm = $this->fpm();
        $fpm->page('login.php', self::LOGIN);
        $first = $fpm->get('login.php', 'do=look');
        $login = $fpm->get('login.php', 'do=login&user=Ada', $first->cookie);
        self::assertNotSame('', $login->cookie);
        self::assertNotSame($first->cookie, $login->cookie);

        $workers = [];
        for ($i = 0; $i < 3; ++$i) {
            // Together, so that several workers are needed.
            $requests = array_map(fn () => $fpm->send('login.php', 'do=look', $login->cookie), range(1, 4));
            foreach ($requests as $request) {
                $answer = json_decode($request->answer()->body, true);
                self::assertSame('Ada', $answer['user']);
                $workers[$answer['worker']] = true;
            }
        }
        self::assertGreaterThan(1, \count($workers));

        $planted = $fpm->get('login.php', 'do=look', $first->cookie);
        self::assertNull(json_decode($planted->body, true)['user'], 'the id from before the log-in');
        $fpm->get('login.php', 'do=logout', $login->cookie);
        $after = $fpm->get('login.php', 'do=look', $login->cookie);
        self::assertNull(json_decode($after->body, true)['user']);
        self::assertNotSame('', $after->cookie, 'the old id is not taken up again');
    }

    public function testRequestThatDiesWhileItReceivesLeavesNothingBehind(): void
    {
        $fpm = $this->fpm(1);
        $fpm->page('set.php', 'session_start(); $_SESSION["v"] = str_repeat("x", (int) $_GET["n"]); echo 1;');
        $fpm->page('die.php', 'ini_set("memory_limit", "2M"); session_start(); echo "read";');
        $fpm->page('look.php', 'session_start(); echo strlen($_SESSION["v"]);');
        $large = $fpm->get('set.php', 'n=3000000')->cookie;
        $small = $fpm->get('set.php', 'n=10')->cookie;
        for ($i = 0; $i < 3; ++$i) {
            $died = $fpm->get('die.php', '', $large);
            self::assertStringContainsString('Allowed memory size', $died->body);
            // The same worker still lives, and its next request does not come to the session of the one that died.
            $other = $this->readHere($large);
            self::assertSame(3_000_000, \strlen($other) - \strlen('v|s:3000000:"";'), 'not written, and not locked');
            self::assertSame('10', $fpm->get('look.php', '', $small)->body);
            self::assertSame('3000000', $fpm->get('look.php', '', $large)->body);
        }
    }

    public function testWarningNamesTheRequestThatHoldsTheSession(): void
    {
        $fpm = $this->fpm(2);
        $fpm->page('hold.php', <<<'PHP'
            session_start();
            file_put_contents('state/pid', (string) getmypid());
            rename('state/pid', 'state/locked');
            while (!file_exists('state/go')) {
                usleep(1000);
            }
            PHP);
        $fpm->page('wait.php', 'set_time_limit(1); session_start(); echo "the page goes on";');
        $id = $this->stored('n|i:1;');
        $uri = ['REQUEST_METHOD' => 'POST', 'REQUEST_URI' => '/shop/cart?token=secret'];
        $holder = $fpm->send('hold.php', 'token=secret', $id, $uri);
        $fpm->awaitFile('locked');
        $answer = $fpm->get('wait.php', '', $id)->body;
        $fpm->makeFile('go');
        $holder->answer();

        $pid = file_get_contents("$fpm->directory/state/locked");
        self::assertMatchesRegularExpression(
            "~Cloakroom: lock timed out: .+ process $pid \(POST /shop/cart\) has held it for 1\.\d s \(7\)~",
            $answer,
        );
        self::assertStringContainsString('the page goes on', $answer);
        self::assertStringNotContainsString('secret', $answer . self::$daemon->log());
    }

    public function testWorkerKeepsItsConnection(): void
    {
        $fpm = $this->fpm(1);
        $sockets = 'echo json_encode(array_map(fn ($fd) => (string) @readlink($fd), glob("/proc/self/fd/*")));';
        $fpm->page('none.php', $sockets);
        $fpm->page('some.php', "session_start(); session_write_close(); $sockets");
        [$none, $first, $second] = array_map(
            fn (string $page): array => preg_grep('/^socket/', json_decode($fpm->get($page)->body, true)) ?: [],
            ['none.php', 'some.php', 'some.php'],
        );

        self::assertCount(1, array_diff(array_intersect($first, $second), $none));
    }

    public function testWorkerRecoversWhenTheDaemonIsBack(): void
    {
        $fpm = $this->fpm(1);
        $fpm->page('count.php', self::COUNT);
        $id = $fpm->get('count.php')->cookie;
        self::$daemon->stop();
        $away = $fpm->get('count.php', '', $id);
        self::$daemon->start();
        $back = $fpm->get('count.php', '', $id);

        self::assertStringContainsString('Cloakroom: cloakroomd cannot be reached', $away->body);
        self::assertStringEndsWith('1', $away->body, 'the page went on');
        self::assertLessThan(2, $away->seconds);
        self::assertSame('2', $back->body);
    }

    public function testRestartIsNotSeen(): void
    {
        $fpm = $this->fpm(1);
        $fpm->page('count.php', self::COUNT);
        $id = $fpm->get('count.php')->cookie;
        self::$daemon->restart();

        self::assertSame('2', $fpm->get('count.php', '', $id)->body);
    }

    public function testChangeInAHeaderCallbackIsKept(): void
    {
        $fpm = $this->fpm(2);
        $fpm->page('late.php', 'session_start(); header_register_callback(fn () => $_SESSION["v"] = "late"); echo 1;');
        $fpm->page('look.php', 'session_start(); echo $_SESSION["v"] ?? "nothing";');

        self::assertSame('late', $fpm->get('look.php', '', $fpm->get('late.php')->cookie)->body);
    }

    public function testSocketMayComeFromTheWebServer(): void
    {
        $fpm = $this->fpm = new Fpm('', 1);
        $fpm->page('count.php', self::COUNT);

        $answer = $fpm->send('count.php', parameters: ['CLOAKROOM_SOCKET' => self::$daemon->socket])->answer();
        self::assertSame('1', $answer->body);
    }

    public function testPoolSettingsAreEnough(): void
    {
        $fpm = $this->fpm = new Fpm('', 1, [
            'env[CLOAKROOM_STRICT]' => '"off"',
            'php_admin_value[session.save_path]' => 'unix://' . self::$daemon->socket,
        ]);
        $fpm->page('count.php', self::COUNT);
        $answer = $fpm->get('count.php', '', 'my-own-id');

        self::assertSame('1', $answer->body);
        self::assertSame('', $answer->cookie, 'not strict: the id is kept');
    }

    /** As a warning, or, since PHP 8.2.36 lets nobody be the save handler then, as what ends the request. */
    public function testProgressOfAnUploadInPlainTextIsReported(): void
    {
        $settings = [
            'php_flag[session.upload_progress.enabled]' => 'on',
            'php_value[session.save_path]' => $this->directory->path,
        ];
        $fpm = $this->fpm(1, $settings);
        $fpm->page('upload.php', 'session_start(); echo "uploaded";');
        $body = "--X\r\nContent-Disposition: form-data; name=\"PHP_SESSION_UPLOAD_PROGRESS\"\r\n\r\nu\r\n"
            . "--X\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\ndata\r\n--X--\r\n";
        $upload = ['REQUEST_METHOD' => 'POST', 'CONTENT_TYPE' => 'multipart/form-data; boundary=X',
            'CONTENT_LENGTH' => (string) \strlen($body)];
        $answer = $fpm->send('upload.php', '', '', $upload, $body)->answer();
        $plain = $fpm->get('upload.php');

        $advice = 'set session.upload_progress.enabled = 0';
        self::assertStringContainsString($advice, $answer->body);
        if (str_contains($plain->body, 'Cloakroom could not be made the save handler')) {
            self::assertStringContainsString($advice, $plain->body);
        } else {
            self::assertSame('uploaded', $plain->body, 'no warning without an upload');
        }
    }
}
