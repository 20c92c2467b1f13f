<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

use PHPUnit\Framework\TestCase;

/**
 * What every web server has to do with the gate before it: the real server with the shipped files, a real cloakroom-fcgi, a real daemon
 * whose clock the tests move, and PHP-FPM.
 */
abstract class GateServerTestCase extends TestCase
{
    private const CONFIGURATION = <<<'TOML'
        [sessions]
        idle_timeout = 600
        [binding]
        address = "deny"
        agent = "deny"
        [limits]
        unknown_ids_per_minute = 0
        TOML;

    /** What stands in every protected file. */
    private const SECRET = 'for those only who may see it';

    private const LOGIN = <<<'PHP'
        session_start();
        if (isset($_POST['user'])) {
            session_regenerate_id(true);
            Cloakroom\Session::identify($_POST['user']);
            $_SESSION['user'] = $_POST['user'];
        }
        PHP;
    private const LOGOUT = <<<'PHP'
        session_start();
        session_destroy();
        PHP;
    private const WHO = <<<'PHP'
        session_start(['read_and_close' => true]);
        echo json_encode($_SESSION['user'] ?? null);
        PHP;
    private const PAGE = <<<'PHP'
        echo json_encode(['server' => $_SERVER, 'body' => md5(file_get_contents('php://input'))], JSON_INVALID_UTF8_SUBSTITUTE);
        PHP;

    /** The names that the gate's answers have. */
    private const FACTS = ['User', 'Session', 'Age', 'Idle', 'Remaining', 'Auth-Age', 'Reason', 'Login'];

    protected static Daemon $daemon;
    protected static Gate $gate;
    protected static Fpm $fpm;
    protected static WebServer $server;

    abstract protected static function server(Gate $gate, Fpm $fpm): WebServer;

    public static function setUpBeforeClass(): void
    {
        self::$daemon = new Daemon(self::CONFIGURATION, movable: true);
        self::$gate = new Gate(self::$daemon);
        self::$fpm = new Fpm(self::$daemon->socket, 2, ['listen.mode' => '0666', 'pm.status_path' => '/fpm-status']);
        self::$fpm->page('login.php', self::LOGIN);
        self::$fpm->page('logout.php', self::LOGOUT);
        self::$fpm->page('who.php', self::WHO);
        self::$fpm->page('open.php', self::PAGE);
        foreach (['members', 'account', 'admin', 'busy', 'lenient', 'wrong', 'front'] as $folder) {
            mkdir(self::$fpm->directory . "/$folder");
            file_put_contents(self::$fpm->directory . "/$folder/file.txt", self::SECRET);
            self::$fpm->page("$folder/page.php", self::PAGE);
        }
        self::$fpm->page('front/index.php', self::PAGE);
        self::$server = static::server(self::$gate, self::$fpm);
    }

    public static function tearDownAfterClass(): void
    {
        self::$server->remove();
        self::$fpm->remove();
        self::$gate->remove();
        self::$daemon->remove();
    }

    protected function onNotSuccessfulTest(\Throwable $throwable): void
    {
        foreach ([self::$server, self::$gate, self::$daemon] as $program) {
            fwrite(STDERR, "\n" . $program::class . ":\n" . substr($program->log(), -4000));
        }
        parent::onNotSuccessfulTest($throwable);
    }

    public function testFileIsForThoseWithASession(): void
    {
        self::expectRefused(401, $this->browser()->get('/members/file.txt'));
        $browser = $this->loggedIn();
        self::expectServed($browser->get('/members/file.txt'));
        // Not even whether there is such a file is told.
        self::expectRefused(401, $this->browser()->get('/members/no-such-file.txt'));
        self::assertSame(404, $browser->get('/members/no-such-file.txt')->status);
        self::assertSame(200, $this->browser()->get('/open.php')->status);
    }

    public function testRefusalTellsTheBrowserWhichCookieItNeeds(): void
    {
        $answer = $this->browser()->get('/members/file.txt');
        self::assertSame('Cookie cookie-name="PHPSESSID"', $answer->header('WWW-Authenticate'));
        self::assertSame('no-store', $answer->header('Cache-Control'));
        self::assertSame('no-session', $answer->header('Cloakroom-Reason'));
    }

    public function testIdThatNobodyGaveOutIsRefused(): void
    {
        foreach ([bin2hex(random_bytes(16)), 'short', '../../etc/passwd', str_repeat('a', 2000), '%00', "a'b\"c"] as $id) {
            self::expectRefused(401, $this->browser($id)->get('/members/file.txt'));
        }
    }

    public function testCookieOfAnotherBrowserIsRefused(): void
    {
        $browser = $this->loggedIn();
        self::expectRefused(403, $browser->elsewhere(agent: Browser::CHROME)->get('/members/file.txt'));
        self::expectRefused(403, $browser->elsewhere(agent: 'curl/7.88.1')->get('/members/file.txt'));
        self::expectRefused(403, $browser->elsewhere(address: '127.1.0.1')->get('/members/file.txt'));
        self::expectServed($browser->elsewhere(address: '127.0.7.7')->get('/members/file.txt'));
        self::expectServed($browser->get('/members/file.txt'));
    }

    public function testAddressIsNotTakenFromAHeader(): void
    {
        $thief = $this->loggedIn()->elsewhere(address: '127.1.0.1');
        foreach (['X-Forwarded-For: 127.0.0.1', 'X-Real-IP: 127.0.0.1', 'Forwarded: for=127.0.0.1', 'Remote-Addr: 127.0.0.1'] as $header) {
            self::expectRefused(403, $thief->get('/members/file.txt', [$header]));
        }
    }

    public function testExpiredSessionIsRefused(): void
    {
        $browser = $this->loggedIn();
        self::$daemon->advance(590);
        self::expectServed($browser->get('/members/file.txt'));
        self::$daemon->advance(11);
        self::expectRefused(401, $browser->get('/members/file.txt'));
    }

    public function testLogOutEndsItAtOnce(): void
    {
        $browser = $this->loggedIn();
        $other = $browser->elsewhere();
        self::expectServed($other->get('/members/file.txt'));
        self::assertSame(200, $browser->get('/logout.php')->status);
        self::expectRefused(401, $other->get('/members/file.txt'));
    }

    public function testLogInEndsTheSessionBeforeIt(): void
    {
        $browser = $this->visitor();
        $old = $browser->elsewhere();
        self::expectServed($old->get('/members/file.txt'));
        $this->logIn($browser);
        self::expectServed($browser->get('/members/file.txt'));
        self::expectRefused(401, $old->get('/members/file.txt'));
    }

    public function testVisitorWhoHasNotLoggedInIsSentToThePageForIt(): void
    {
        foreach ([$this->browser(), $this->visitor()] as $browser) {
            $answer = $browser->get('/account/file.txt?a=b&c=%2F', ['X-Requested: 1']);
            self::assertSame(302, $answer->status, $answer->head);
            self::assertStringNotContainsString(self::SECRET, $answer->body);
            $where = (string) $answer->header('Location');
            self::assertStringStartsWith('/login.php?to=', $where);
            self::assertSame('/account/file.txt?a=b&c=%2F', rawurldecode(substr($where, 14)));
        }
        self::expectServed($this->loggedIn()->get('/account/file.txt?a=b'));
    }

    public function testReturnAddressIsOfThisSite(): void
    {
        $answer = $this->browser()->get('/account/%0d%0aLocation:%20http://evil.example/');
        // lighttpd takes no control characters in an address.
        self::assertContains($answer->status, [302, 400], $answer->head);
        self::assertSame($answer->status === 302 ? 1 : 0, preg_match_all('/^Location:/mi', $answer->head));
        $answer = $this->browser()->get('/account/?to=http://evil.example/&x=%2522%255c%3C');
        self::assertSame(302, $answer->status, $answer->head);
        self::assertStringStartsWith('/login.php?to=%2Faccount%2F', (string) $answer->header('Location'));
        self::assertStringNotContainsString('evil.example/', (string) $answer->header('Location'));
        $answer = $this->browser()->get('//account/file.txt');
        self::assertStringNotContainsString(self::SECRET, $answer->body);
        self::assertStringNotContainsString('to=%2F%2F', $answer->head);
    }

    public function testStepUpWantsAFreshLogIn(): void
    {
        $browser = $this->loggedIn();
        self::expectServed($browser->get('/admin/file.txt'));
        self::$daemon->advance(301);
        self::expectServed($browser->get('/account/file.txt'));
        self::expectRefused(401, $browser->get('/admin/file.txt'));
        $this->logIn($browser);
        self::expectServed($browser->get('/admin/file.txt'));
        self::expectRefused(401, $this->visitor()->get('/admin/file.txt'));
    }

    public function testCheckKeepsASessionOnlyWhereItIsToldTo(): void
    {
        [$idle, $busy] = [$this->loggedIn(), $this->loggedIn()];
        self::$daemon->advance(400);
        self::expectServed($idle->get('/members/file.txt'));
        self::expectServed($busy->get('/busy/file.txt'));
        self::$daemon->advance(300);
        self::expectRefused(401, $idle->get('/members/file.txt'));
        self::expectServed($busy->get('/busy/file.txt'));
    }

    public function testMethodsAndPartsOfAFile(): void
    {
        $browser = $this->loggedIn();
        $answer = $browser->get('/members/file.txt', [], 'HEAD');
        self::assertSame([200, ''], [$answer->status, $answer->body]);
        self::assertSame((string) \strlen(self::SECRET), $answer->header('Content-Length'));
        $part = $browser->get('/members/file.txt', ['Range: bytes=0-2']);
        self::assertSame([206, 'for'], [$part->status, $part->body]);
        $date = (string) $answer->header('Last-Modified');
        self::assertSame(304, $browser->get('/members/file.txt', ["If-Modified-Since: $date"])->status);
        // Without a session none of these tells anything.
        foreach ([['HEAD', []], ['GET', ['Range: bytes=0-2']], ['GET', ["If-Modified-Since: $date"]]] as [$method, $headers]) {
            $answer = $this->browser()->get('/members/file.txt', $headers, $method);
            self::assertSame(401, $answer->status, $answer->head);
            self::assertNull($answer->header('Last-Modified'));
        }
        foreach (['OPTIONS', 'PUT', 'DELETE', 'PROPFIND', 'BREW', 'POST'] as $method) {
            $answer = $this->browser()->get('/members/file.txt', [], $method);
            self::assertGreaterThanOrEqual(400, $answer->status, "$method: $answer->head");
            self::assertStringNotContainsString(self::SECRET, $answer->body);
        }
    }

    public function testBodyOfARequestReachesThePage(): void
    {
        $body = random_bytes(300000);
        $type = ['Content-Type: application/octet-stream'];
        $answer = $this->loggedIn()->get('/members/page.php', $type, 'POST', $body);
        self::assertSame(md5($body), $answer->json()['body']);
        self::assertSame(401, $this->browser()->get('/members/page.php', $type, 'POST', $body)->status);
    }

    public function testPageIsToldTheSession(): void
    {
        $told = $this->facts($this->loggedIn()->get('/members/page.php'));
        self::assertSame(['ada', 'ada', 'admitted'], [$told['CLOAKROOM_USER'], $told['REMOTE_USER'], $told['CLOAKROOM_REASON']]);
        self::assertMatchesRegularExpression('/^[0-9a-f]{12}$/', $told['CLOAKROOM_SESSION']);
        foreach (['AGE', 'IDLE', 'REMAINING', 'AUTH_AGE'] as $name) {
            self::assertMatchesRegularExpression('/^\d+$/', $told["CLOAKROOM_$name"]);
        }
        $told = $this->facts($this->visitor()->get('/members/page.php'));
        self::assertSame([], array_intersect_key($told, ['CLOAKROOM_USER' => 1, 'CLOAKROOM_AUTH_AGE' => 1, 'REMOTE_USER' => 1]));
        self::assertMatchesRegularExpression('/^[0-9a-f]{12}$/', $told['CLOAKROOM_SESSION']);
        self::assertSame([], $this->facts($this->loggedIn()->get('/open.php')));
    }

    public function testPagesRunInEveryProtectedPlace(): void
    {
        $browser = $this->loggedIn();
        foreach (['members', 'account', 'admin'] as $folder) {
            self::assertSame('ada', $this->facts($browser->get("/$folder/page.php"))['CLOAKROOM_USER']);
        }
    }

    public function testFrontControllerIsToldTheSession(): void
    {
        self::assertSame(401, $this->browser()->get('/front/some/page')->status);
        $told = $this->facts($this->loggedIn()->get('/front/some/page'));
        self::assertSame(['ada', 'ada'], [$told['CLOAKROOM_USER'], $told['REMOTE_USER']]);
    }

    public function testNameOfAUserCannotBecomeAHeader(): void
    {
        foreach (["a\r\nCloakroom-User: root", 'Ada "Countess" Lovelace, né 1815; 50%', "\u{1F980}", 'no user', "\x00\xff"] as $name) {
            $told = $this->facts($this->loggedIn($name)->get('/members/page.php'));
            self::assertSame($name, rawurldecode($told['CLOAKROOM_USER']));
            self::assertSame($told['CLOAKROOM_USER'], $told['REMOTE_USER']);
        }
    }

    public function testHeadersOfTheBrowserAreNotTheGates(): void
    {
        $headers = ['Authorization: Basic ' . base64_encode('evil:evil'), 'Remote-User: evil', 'Remote_User: evil'];
        foreach (self::FACTS as $name) {
            foreach (['-', '_', '.', '~'] as $sign) {
                $spelling = strtr("Cloakroom-$name", '-', $sign);
                array_push($headers, "$spelling: evil", strtoupper($spelling) . ': evil', strtolower($spelling) . ': evil');
            }
            array_push($headers, "X-Original-Cloakroom-$name: evil", 'Variable-CLOAKROOM_' . strtoupper($name) . ': evil');
            $headers[] = 'Redirect-Cloakroom-' . strtoupper($name) . ': evil';
        }
        array_push($headers, 'Cloakroom-Auth_Age: evil', 'Cloakroom_Auth-Age: evil', 'Variable-REMOTE_USER: evil');
        foreach ([[$this->loggedIn(), 'ada'], [$this->visitor(), null]] as [$browser, $user]) {
            foreach (['/members/page.php' => $user, '/open.php' => null] as $page => $expected) {
                // Apache takes at most 100 lines.
                foreach (array_chunk($headers, 80) as $some) {
                    $told = $this->facts($browser->get($page, $some));
                    self::assertSame([$expected, $expected], [$told['CLOAKROOM_USER'] ?? null, $told['REMOTE_USER'] ?? null]);
                    // Several lines may have been joined.
                    self::assertSame([], array_keys(preg_grep('/evil/', $told) ?: []), $page);
                }
            }
        }
    }

    public function testHeadersOfTheBrowserAreNoOptions(): void
    {
        $headers = [];
        foreach (
            ['Require: any', 'On-Error: allow', 'Pool: other', 'Action: ping', 'Max-Auth-Age: 99999', 'Cookie: other', 'Login-URL: /evil'] as $option
        ) {
            array_push($headers, "Cloakroom-$option", "CLOAKROOM_$option", "Variable-CLOAKROOM-$option");
        }
        $visitor = $this->visitor();
        self::assertStringStartsWith('/login.php?to=', (string) $visitor->get('/account/file.txt', $headers)->header('Location'));
        self::expectRefused(401, $visitor->get('/admin/file.txt', $headers));
        self::expectRefused(401, $this->browser()->get('/members/file.txt', $headers));
        self::expectServed($visitor->get('/members/file.txt', $headers));
        $this->withDaemonAway(fn () => self::expectRefused(503, $visitor->get('/members/file.txt', $headers)));
    }

    public function testGateReadsCookiesAsPHPDoes(): void
    {
        $id = $this->loggedIn()->cookie;
        $many = static fn (int $count): string => implode('; ', array_map(static fn (int $i): string => "c$i=$i", range(1, $count)));
        $headers = [
            ["Cookie: a=b; PHPSESSID=$id"], ["Cookie: PHPSESSID=x; PHPSESSID=$id"], ["Cookie: PHPSESSID=$id; PHPSESSID=x"],
            ['Cookie: a=b', "Cookie: PHPSESSID=$id"], ["Cookie: PHPSESSID=$id", 'Cookie: PHPSESSID=x'],
            ["Cookie: phpsessid=$id"], ["Cookie: PHPSESSID[]=x; PHPSESSID=$id"], ["Cookie:PHPSESSID=$id;"], ["Cookie: PHPSESSID=\"$id\""],
            ["Cookie:  PHPSESSID=$id"], ["Cookie: PHPSESSID =$id"], ['Cookie: PHPSESSID=%' . bin2hex($id[0]) . substr($id, 1)],
            ["Cookie: ;;=;PHPSESSID=$id"], ["Cookie: PHPSESSID%3D$id"], ['Cookie: ' . $many(600) . "; PHPSESSID=$id"],
            ['Cookie: a=' . str_repeat('b', 6000) . "; PHPSESSID=$id"], ["Cookie: \xff\xfe=\x80; PHPSESSID=$id"],
        ];
        $served = 0;
        foreach ($headers as $lines) {
            $seen = json_decode($this->browser()->get('/who.php', $lines)->body);
            $answer = $this->browser()->get('/admin/file.txt', $lines);
            self::assertSame($seen === 'ada' ? 200 : 401, $answer->status, json_encode($lines, JSON_INVALID_UTF8_SUBSTITUTE));
            $served += $seen === 'ada' ? 1 : 0;
        }
        self::assertGreaterThan(8, $served);
        self::assertLessThan(\count($headers), $served);
    }

    public function testRequestThatIsTooLargeIsRefused(): void
    {
        $cookie = $this->loggedIn()->cookie;
        $answer = $this->browser($cookie)->get('/members/file.txt', ['Cookie: ' . str_repeat('a=b; ', 20000)]);
        self::assertContains($answer->status, [400, 413, 431], $answer->head);
    }

    public function testNoSpellingOfAPathGetsAround(): void
    {
        $paths = [
            '//members/file.txt', '/members//file.txt', '/./members/file.txt', '/x/../members/file.txt', '/members/../members/file.txt',
            '/open.php/../members/file.txt', '/%6dembers/file.txt', '/members%2ffile.txt', '/members%2Ffile.txt', '/%2fmembers/file.txt',
            '/%2e/members/file.txt', '/x/%2e%2e/members/file.txt', '/members/./file.txt', '/members/file.txt/', '/members/file.txt.',
            '/members/file.txt%20', '/members/file.txt%00', '/members;/file.txt', '/members/;x=y/file.txt', '/members\\file.txt',
            '/MEMBERS/file.txt', '/members/file.txt?x', '/members/file.txt#x', '/members/file.txt%23', '/members/file.txt::$DATA',
            '/%256dembers/file.txt', '/../members/file.txt', '/..%2fmembers/file.txt', "/members\t/file.txt", '/_cloakroom', '/_cloakroom/members/file.txt',
            '/members', '/members/', 'members/file.txt', '*', '/cloakroom-ping/../members/file.txt', '/cloakroom-ping/%2e%2e/members/file.txt',
            '/open.php/members/file.txt', '/members/page.php/x', '/members/page.php?/open.php', '/members/page%2ephp', '/members/index.php',
            '/cloakroom-status/../members/page.php', '/members/PAGE.PHP', '//members/page.php', '/members/page.php.', '/members/page.php/',
            'http://127.0.0.1/members/file.txt', 'http://127.0.0.1/open.php/../members/file.txt',
        ];
        foreach ($paths as $path) {
            $answer = $this->browser()->get($path);
            self::assertStringNotContainsString(self::SECRET, $answer->body, $path);
            // What a page in there would say, had it run; /open.php says it with a path behind it too.
            self::assertStringNotContainsString('members\/page.php"', $this->scriptOf($answer), $path);
            self::assertStringNotContainsString('json_encode', $answer->body, "$path shows a page's source");
        }
    }

    public function testGateItselfCannotBeAskedByABrowser(): void
    {
        foreach (['/_cloakroom', '/_cloakroom_identified', '/ping', '/status'] as $path) {
            self::assertSame(404, $this->loggedIn()->get($path)->status, $path);
        }
        self::expectRefused(401, $this->browser()->get('/members/ping'));
        self::expectRefused(401, $this->browser()->get('/members/status'));
    }

    public function testDaemonAwayIsARefusal(): void
    {
        $browser = $this->loggedIn();
        $this->withDaemonAway(function () use ($browser): void {
            foreach (['/members/file.txt', '/account/file.txt', '/admin/file.txt'] as $path) {
                $answer = $browser->get($path);
                self::expectRefused(503, $answer);
                self::assertSame('1', $answer->header('Retry-After'));
            }
            self::assertSame(200, $this->browser()->get('/cloakroom-ping')->status);
            self::expectServed($browser->get('/lenient/file.txt'));
            self::expectServed($this->browser(bin2hex(random_bytes(16)))->get('/lenient/file.txt'));
            $told = $this->facts($browser->get('/open.php'));
            self::assertSame([], $told);
        });
        self::expectServed($browser->get('/members/file.txt'));
    }

    public function testDaemonThatHangsIsARefusal(): void
    {
        $browser = $this->loggedIn();
        self::$daemon->pause();
        try {
            self::expectRefused(503, $browser->get('/members/file.txt'));
        } finally {
            self::$daemon->signal(SIGCONT);
        }
        Wait::until(fn (): bool => $browser->get('/members/file.txt')->status === 200, 'the gate does not come back');
    }

    public function testGateAwayIsARefusal(): void
    {
        $browser = $this->loggedIn();
        self::$gate->stop(SIGKILL);
        try {
            foreach (['/members/file.txt', '/lenient/file.txt', '/account/file.txt'] as $path) {
                $answer = $browser->get($path);
                self::assertContains($answer->status, [500, 503], $answer->head);
                self::assertStringNotContainsString(self::SECRET, $answer->body);
            }
            self::assertSame(200, $browser->get('/open.php')->status);
        } finally {
            self::$gate->start();
        }
        Wait::until(fn (): bool => $browser->get('/members/file.txt')->status === 200, 'the web server does not come back');
    }

    public function testMistakeInTheConfigurationIsARefusal(): void
    {
        self::expectRefused(500, $this->loggedIn()->get('/wrong/file.txt'));
    }

    public function testStatusIsForThisMachine(): void
    {
        $ping = $this->browser()->get('/cloakroom-ping');
        self::assertSame([200, 'pong'], [$ping->status, trim($ping->body)]);
        $status = $this->browser()->get('/cloakroom-status?json');
        self::assertSame(200, $status->status, $status->head . $status->body);
        self::assertNotSame([], $status->json());
        foreach (['/cloakroom-ping', '/cloakroom-status', '/cloakroom-status?json'] as $path) {
            self::assertSame(403, $this->browser()->elsewhere(address: '127.1.0.1')->get($path)->status);
        }
    }

    public function testPHPHasNoWorkWithIt(): void
    {
        $browser = $this->loggedIn();
        $before = $this->acceptedByPHP();
        for ($i = 0; $i < 50; ++$i) {
            self::expectServed($browser->get('/members/file.txt'));
            self::expectRefused(401, $this->browser()->get('/members/file.txt'));
        }
        // The second question is one request itself.
        self::assertSame($before + 1, $this->acceptedByPHP());
    }

    protected function browser(string $cookie = ''): HttpBrowser
    {
        return new HttpBrowser(self::$server->port, cookie: $cookie);
    }

    /** A browser with a session of nobody. */
    protected function visitor(): HttpBrowser
    {
        $browser = $this->browser();
        self::assertSame(200, $browser->get('/login.php')->status);
        self::assertNotSame('', $browser->cookie);

        return $browser;
    }

    protected function loggedIn(string $user = 'ada'): HttpBrowser
    {
        $browser = $this->visitor();
        $this->logIn($browser, $user);

        return $browser;
    }

    private function logIn(HttpBrowser $browser, string $user = 'ada'): void
    {
        $type = ['Content-Type: application/x-www-form-urlencoded'];
        self::assertSame(200, $browser->get('/login.php', $type, 'POST', 'user=' . rawurlencode($user))->status);
    }

    /**
     * What a page was told by the gate, or by a browser that would like to be it. Empty texts are nothing.
     *
     * @return array<string, string>
     */
    protected function facts(HttpAnswer $answer): array
    {
        self::assertSame(200, $answer->status, $answer->head);
        $names = implode('|', array_map(static fn (string $name): string => strtr(strtoupper($name), '-', '_'), self::FACTS));
        $told = preg_grep("/^(HTTP_|REDIRECT_)?(CLOAKROOM_($names)|REMOTE_USER)\$/", array_keys($answer->json()['server'])) ?: [];
        $told = array_intersect_key($answer->json()['server'], array_flip($told));
        // No application reads it, and nobody can mistake it.
        unset($told['HTTP_REMOTE_USER']);

        return array_filter($told, static fn (string $value): bool => $value !== '');
    }

    protected static function expectServed(HttpAnswer $answer): void
    {
        self::assertSame([200, self::SECRET], [$answer->status, $answer->body], $answer->head);
    }

    protected static function expectRefused(int $status, HttpAnswer $answer): void
    {
        self::assertSame($status, $answer->status, $answer->head);
        self::assertStringNotContainsString(self::SECRET, $answer->body);
    }

    private function withDaemonAway(callable $test): void
    {
        self::$daemon->stop(SIGKILL);
        try {
            $test();
        } finally {
            self::$daemon->start();
        }
    }

    /** The file of the page that answered, as JSON has it; '' when none did. */
    private function scriptOf(HttpAnswer $answer): string
    {
        return preg_match('/"SCRIPT_FILENAME":"[^"]*"/', $answer->body, $match) === 1 ? $match[0] : '';
    }

    private function acceptedByPHP(): int
    {
        $answer = self::$fpm->send('fpm-status', 'json', '', ['SCRIPT_NAME' => '/fpm-status', 'SCRIPT_FILENAME' => '/fpm-status'])->answer();

        return json_decode($answer->body, true, flags: JSON_THROW_ON_ERROR)['accepted conn'];
    }
}
