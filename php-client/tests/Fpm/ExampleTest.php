<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Session;
use Cloakroom\Tests\Support\Browser;
use Cloakroom\Tests\Support\Daemon;
use Cloakroom\Tests\Support\Fpm;
use Cloakroom\Tests\Support\ProtectionTestCase;
use Cloakroom\Tests\Support\Visitor;
use Cloakroom\Tests\Support\Wait;

/** The example application, as visitors use it. */
final class ExampleTest extends ProtectionTestCase
{
    private const EXAMPLE = __DIR__ . '/../../examples';
    private const ADA = ['email' => 'ada@example.org', 'password' => 'engine-no-1'];
    private const GRACE = ['email' => 'grace@example.org', 'password' => 'cobol-1959'];
    private const MALLORY = ['email' => 'mallory@example.org', 'password' => 'no-tags-here'];

    public static function setUpBeforeClass(): void
    {
        // The example's own settings, and some that let every rejection be seen soon.
        $settings = (string) file_get_contents(self::EXAMPLE . '/cloakroom.toml');
        self::assertMatchesRegularExpression('/^idle_timeout = 1200$/m', $settings);
        $settings .= "absolute_timeout = 3600\n[binding]\naddress = \"deny\"\n[log]\nevents = \"all\"\n";
        self::$daemon = new Daemon($settings, movable: true);
    }

    protected function tearDown(): void
    {
        $log = (string) $this->fpm?->log();
        parent::tearDown();
        self::assertDoesNotMatchRegularExpression('/PHP (Warning|Notice|Deprecated|Fatal|Parse)/', $log);
    }

    public function testWrongPasswordAndUnknownUserGetTheSameAnswer(): void
    {
        $visitor = $this->visitor();
        self::assertStringContainsString('<h1>Log in</h1>', $visitor->visit());
        self::assertSame([], $this->notices($visitor));
        $id = $visitor->id();
        $wrong = $visitor->submit(['action' => 'log in', 'email' => 'ada@example.org', 'password' => 'wrong']);
        self::assertStringContainsString('Status: 422', $visitor->page->head);
        self::assertSame(['The e-mail address or the password is wrong.'], $this->notices($visitor));
        self::assertStringContainsString('value="ada@example.org"', $wrong);
        self::assertStringNotContainsString('wrong"', $wrong, 'a password is not sent back');

        $unknown = $visitor->submit(['action' => 'log in', 'email' => 'eve@example.org', 'password' => 'engine-no-1']);
        self::assertSame(str_replace('ada@', 'eve@', $wrong), $unknown);
        $visitor->submit(['action' => 'log in', 'email' => ['ada@example.org'], 'password' => ['engine-no-1']]);
        self::assertSame(['The e-mail address or the password is wrong.'], $this->notices($visitor));
        self::assertSame($id, $visitor->id());
    }

    /** A user who does not exist costs a password's hash, too. */
    public function testAllHashesCostTheSame(): void
    {
        require_once self::EXAMPLE . '/src/accounts.php';
        $hashes = [\Example\NOBODYS_HASH, ...array_column(\Example\accounts(), 'hash')];
        self::assertCount(4, $hashes);
        foreach ($hashes as $hash) {
            self::assertSame(['cost' => 12], password_get_info($hash)['options'] ?? null);
        }
        self::assertFalse(\Example\isPassword('nobody has this one', 'eve@example.org'));
        self::assertTrue(\Example\isPassword('engine-no-1', 'ada@example.org'));
    }

    public function testLogInGreetsUnderANewIdAndTheOldOneIsDead(): void
    {
        $visitor = $this->visitor();
        $visitor->visit();
        $planted = $visitor->elsewhere();
        $body = $visitor->submit(['action' => 'log in'] + self::ADA);
        self::assertMatchesRegularExpression(
            '~<p>Hello <strong>Ada Lovelace</strong>, you have been logged in as ada@example\.org since\s+<time datetime="'
            . gmdate('Y-m-d') . 'T[^"]+">~',
            $body,
        );
        self::assertSame([], $this->notices($visitor));
        self::assertNotSame($planted->id(), $visitor->id());
        self::assertStringContainsString('<h1>Log in</h1>', $planted->visit());
        self::assertStringStartsWith('Your browser has sent an outdated session.', $this->notices($planted)[0]);
        self::assertStringContainsString('Hello <strong>Ada', $visitor->visit());
    }

    public function testEveryAnswerHasTheHeaders(): void
    {
        $visitor = $this->visitor();
        $visitor->visit();
        $heads = [$visitor->page->head];
        $visitor->post(['action' => 'log in'] + self::ADA);
        $heads[] = $visitor->page->head;
        $heads[] = $visitor->take($visitor->send('POST', http_build_query(['action' => 'log in'] + self::ADA)))->head;
        foreach ($heads as $head) {
            self::assertMatchesRegularExpression("/^Content-Security-Policy: default-src 'none'; style-src 'self';.* frame-ancestors 'none'\r?$/m", $head);
            self::assertStringNotContainsString('unsafe', $head);
            self::assertMatchesRegularExpression('/^X-Frame-Options: DENY\r?$/m', $head);
            self::assertMatchesRegularExpression('/^Referrer-Policy: same-origin\r?$/m', $head);
            self::assertSame(1, preg_match_all('/^Cache-Control: (.*?)\r?$/mi', $head, $control));
            self::assertSame('no-store', $control[1][0]);
        }
        self::assertMatchesRegularExpression('/^Set-Cookie: PHPSESSID=.*; HttpOnly; SameSite=Lax/m', $heads[0]);
    }

    public function testWhatOthersChoseIsOnlyText(): void
    {
        $visitor = $this->visitor();
        $visitor->visit();
        $hostile = "\"><script>alert(1)</script>' onfocus='x \xff";
        $body = $visitor->submit(['action' => 'log in', 'email' => $hostile, 'password' => $hostile]);
        self::assertStringContainsString('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&apos; onfocus=&apos;x ' . "\u{FFFD}\"", $body);
        self::assertStringNotContainsString('<script', $body);

        $visitor = $this->loggedInTo(self::MALLORY, agent: '<script>alert(2)</script>');
        $body = $visitor->visit();
        self::assertStringContainsString('Hello <strong>&lt;script&gt;alert(&quot;Mallory&quot;)&lt;/script&gt;</strong>', $body);
        self::assertStringNotContainsString('<script', $body);
    }

    /** Text cannot get into a page but through e(), in quotes where it is an attribute. */
    public function testNothingIsPrintedWithoutEscaping(): void
    {
        $printed = 0;
        foreach ($this->files() as $file) {
            $source = (string) file_get_contents($file);
            $tokens = array_values(array_filter(
                \PhpToken::tokenize($source),
                static fn (\PhpToken $token): bool => !$token->is([T_WHITESPACE, T_COMMENT, T_DOC_COMMENT]),
            ));
            foreach ($tokens as $at => $token) {
                $where = "$file, line $token->line";
                if ($token->is([T_OPEN_TAG_WITH_ECHO, T_ECHO])) {
                    ++$printed;
                    self::assertSame(['e', '('], [$tokens[$at + 1]->text, $tokens[$at + 2]->text], $where);
                    // That call is all that is printed.
                    $depth = 0;
                    for ($end = $at + 2; $depth += ['(' => 1, ')' => -1][$tokens[$end]->text] ?? 0; ++$end) {
                    }
                    self::assertTrue($tokens[$end + 1]->is([T_CLOSE_TAG, ';']), $where);
                }
                self::assertFalse($token->is([T_PRINT, T_EVAL]), $where);
                if ($token->is(T_EXIT)) {
                    self::assertSame(';', $tokens[$at + 1]->text, $where);
                }
                if ($token->is(T_STRING)) {
                    $prints = '/^(v?printf|f(write|puts|printf|passthru)|print_r|var_(dump|export)|readfile|passthru|system|file_put_contents)$/i';
                    self::assertDoesNotMatchRegularExpression($prints, $token->text, $where);
                }
                if ($token->is(T_INLINE_HTML)) {
                    self::assertDoesNotMatchRegularExpression('/=\s*$/', $token->text, "$where: an attribute without quotes");
                    self::assertDoesNotMatchRegularExpression('/<script|<style|\sstyle=|\son[a-z]+=/i', $token->text, $where);
                    self::assertDoesNotMatchRegularExpression('/(href|src|action)="$/i', $token->text, "$where: an address");
                }
            }
        }
        self::assertGreaterThan(20, $printed);
        self::assertSame('&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt; &amp;amp;', $this->escaped('<a b="c" d=\'e\'> &amp;'));
    }

    public function testFormWithoutItsTokenDoesNothing(): void
    {
        $visitor = $this->visitor();
        $visitor->visit();
        foreach (['', 'wrong', str_repeat('0', 32), ['x']] as $token) {
            $visitor->submit(['token' => $token, 'action' => 'log in'] + self::ADA);
            self::assertStringContainsString('Status: 403', $visitor->page->head);
            self::assertSame(['That form was out of date, so nothing was done. Please try again.'], $this->notices($visitor));
        }
        $visitor->post(['action' => 'log in'] + self::ADA);
        self::assertStringContainsString('Status: 403', $visitor->page->head);

        preg_match('/name="token" value="([0-9a-f]+)"/', $visitor->visit(), $before);
        $visitor->submit(['action' => 'log in'] + self::ADA);
        $other = $this->loggedInTo(self::ADA);
        foreach (['log out', 'end', 'log out others', 'log out everywhere'] as $action) {
            $body = $visitor->post(['action' => $action, 'token' => $before[1]]);
            self::assertStringContainsString('Status: 403', $visitor->page->head, 'the token from before the log-in');
            self::assertStringContainsString('Hello <strong>Ada', $body);
        }
        self::assertStringContainsString('Hello <strong>Ada', $other->visit());
        // And every form has it.
        self::assertSame(substr_count($body, '<form '), substr_count($body, '<input type="hidden" name="token"'));
    }

    public function testWhatNobodyAskedForDoesNothing(): void
    {
        $visitor = $this->visitor();
        $visitor->visit();
        $visitor->submit(['action' => 'log out everywhere']);
        self::assertSame(['Please log in first.'], $this->notices($visitor));
        $visitor = $this->loggedInTo(self::ADA);
        $visitor->submit(['action' => 'delete']);
        self::assertStringContainsString('Status: 400', $visitor->page->head);
        $visitor->submit(['action' => 'end', 'session' => "no\0tag"]);
        self::assertSame(['That session was over already.'], $this->notices($visitor));
    }

    public function testLogOutEndsTheSession(): void
    {
        $visitor = $this->loggedInTo(self::ADA);
        $copy = $visitor->elsewhere();
        self::assertStringContainsString('<h1>Log in</h1>', $visitor->submit(['action' => 'log out']));
        self::assertSame(['You are logged out.'], $this->notices($visitor));
        $visitor->visit();
        self::assertSame([], $this->notices($visitor), 'told once');
        self::assertStringContainsString('<h1>Log in</h1>', $copy->visit());
        self::assertStringStartsWith('Your session is over:', $this->notices($copy)[0]);
    }

    public function testTwentyMinutesWithoutUse(): void
    {
        $visitor = $this->loggedInTo(self::ADA);
        self::$daemon->advance(1170);
        self::assertStringContainsString('Hello <strong>Ada', $visitor->visit());
        self::$daemon->advance(1200);
        self::assertStringContainsString('<h1>Log in</h1>', $visitor->visit());
        self::assertStringStartsWith('Your session has timed out,', $this->notices($visitor)[0]);
        self::assertStringContainsString('Hello <strong>Ada', $visitor->submit(['action' => 'log in'] + self::ADA));
        self::assertSame([], $this->notices($visitor));

        self::$daemon->advance(1200);
        $visitor->submit(['action' => 'log out others']);
        self::assertCount(2, $this->notices($visitor), 'a form that came too late says why');
    }

    public function testSessionsAreListed(): void
    {
        $this->loggedInTo(self::ADA)->submit(['action' => 'log out everywhere']);
        $phone = $this->loggedInTo(self::ADA, agent: Browser::CHROME);
        $this->loggedInTo(self::GRACE);
        self::$daemon->advance(60);
        $desk = $this->loggedInTo(self::ADA);
        $body = $desk->visit();
        preg_match_all('~<tr role="row">\s*<td(.*?)</tr>~s', $body, $rows);
        self::assertCount(2, $rows[1]);
        $rows = array_map(static fn (string $row): string => preg_replace('/\s+/', ' ', strip_tags("<td$row")), $rows[1]);
        self::assertMatchesRegularExpression('~^ ?Firefox on Windows 192\.0\.0\.0/16 .* UTC .* UTC This one ?$~', $rows[0]);
        self::assertMatchesRegularExpression('~^ ?Chrome on Android or Linux 192\.0\.0\.0/16 .* UTC .* UTC End the session with Chrome~', $rows[1]);
        foreach ([$phone->id(), $desk->id()] as $id) {
            self::assertStringNotContainsString($id, $body);
        }
    }

    public function testOneOtherSessionEnds(): void
    {
        [$desk, $phone, $tablet] = [$this->loggedInTo(self::ADA), $this->loggedInTo(self::ADA, Browser::CHROME), $this->loggedInTo(self::ADA)];
        $grace = $this->loggedInTo(self::GRACE);
        preg_match('~Chrome on.*?name="session" value="([0-9a-f]{12})"~s', $desk->visit(), $tag);
        // It is Ada's, so Grace cannot end it.
        $grace->submit(['action' => 'end', 'session' => $tag[1]]);
        self::assertSame(['That session was over already.'], $this->notices($grace));
        self::assertStringContainsString('Hello <strong>Ada', $phone->visit());

        $desk->submit(['action' => 'end', 'session' => $tag[1]]);
        self::assertSame(['That device is logged out.'], $this->notices($desk));
        $phone->visit();
        self::assertStringStartsWith('Your session is over:', $this->notices($phone)[0]);
        self::assertStringContainsString('Hello <strong>Ada', $tablet->visit());
    }

    public function testOtherDevicesAreLoggedOut(): void
    {
        $this->loggedInTo(self::ADA)->submit(['action' => 'log out everywhere']);
        [$desk, $phone, $tablet] = [$this->loggedInTo(self::ADA), $this->loggedInTo(self::ADA, Browser::CHROME), $this->loggedInTo(self::ADA)];
        $grace = $this->loggedInTo(self::GRACE);
        $desk->submit(['action' => 'log out others']);
        self::assertSame(['2 other sessions have ended.'], $this->notices($desk));
        self::assertStringContainsString('Hello <strong>Ada', $desk->visit());
        self::assertSame(1, preg_match_all('~<td role="cell" data-label="Browser"~', $desk->page->body));
        foreach ([$phone, $tablet] as $other) {
            self::assertStringContainsString('<h1>Log in</h1>', $other->visit());
            self::assertStringStartsWith('Your session is over:', $this->notices($other)[0]);
        }
        self::assertStringContainsString('Hello <strong>Grace', $grace->visit());
    }

    public function testLogOutEverywhere(): void
    {
        [$desk, $phone] = [$this->loggedInTo(self::ADA), $this->loggedInTo(self::ADA, Browser::CHROME)];
        $copy = $desk->elsewhere();
        $grace = $this->loggedInTo(self::GRACE);
        self::assertStringContainsString('<h1>Log in</h1>', $desk->submit(['action' => 'log out everywhere']));
        self::assertSame(['You are logged out everywhere.'], $this->notices($desk));
        foreach ([$phone, $copy] as $other) {
            self::assertStringContainsString('<h1>Log in</h1>', $other->visit());
            self::assertStringStartsWith('Your session is over:', $this->notices($other)[0]);
        }
        self::assertStringContainsString('Hello <strong>Grace', $grace->visit());
    }

    public function testRememberedVisitorIsLoggedInAgain(): void
    {
        $visitor = $this->loggedInTo(self::ADA);
        self::assertSame(['PHPSESSID'], array_keys($visitor->cookies), 'nobody is remembered who has not asked for it');
        $visitor = $this->remembered();
        $first = $visitor->cookies['remember'];
        foreach ([1200, 86400] as $seconds) {
            self::$daemon->advance($seconds);
            $id = $visitor->id();
            self::assertStringContainsString('Hello <strong>Ada', $visitor->visit());
            self::assertSame(['Welcome back. You were remembered on this device.'], $this->notices($visitor));
            self::assertNotSame($id, $visitor->id());
            self::assertStringContainsString('This one', $visitor->visit(), 'it is one of the sessions of the user');
            self::assertSame([], $this->notices($visitor));
        }
        // A copy of what was used before is worth nothing, and neither is what came of it.
        $thief = $this->visitor();
        $thief->cookies = ['remember' => $first];
        self::assertStringContainsString('<h1>Log in</h1>', $thief->visit());
        unset($visitor->cookies['PHPSESSID']);
        self::assertStringContainsString('<h1>Log in</h1>', $visitor->visit());
    }

    public function testLogOutForgets(): void
    {
        foreach (['log out', 'log out everywhere'] as $action) {
            $visitor = $this->remembered();
            $copy = $visitor->elsewhere();
            unset($copy->cookies['PHPSESSID']);
            $visitor->submit(['action' => $action]);
            self::assertSame(['PHPSESSID'], array_keys($visitor->cookies));
            self::assertStringContainsString('<h1>Log in</h1>', $visitor->visit());
            self::assertStringContainsString('<h1>Log in</h1>', $copy->visit());
        }
    }

    public function testOtherDevicesAreForgottenAndThisOneIsRemembered(): void
    {
        [$desk, $phone] = [$this->remembered(), $this->remembered(Browser::CHROME)];
        $desk->submit(['action' => 'log out others']);
        self::assertStringContainsString('<h1>Log in</h1>', $phone->visit());
        unset($desk->cookies['PHPSESSID']);
        self::assertStringContainsString('Hello <strong>Ada', $desk->visit());
    }

    public function testEachRejectionHasItsMessage(): void
    {
        $seen = [];
        $note = function (string $reason, Visitor $visitor, bool $hasVisited = false) use (&$seen): void {
            $hasVisited || $visitor->visit();
            self::assertStringContainsString('<h1>Log in</h1>', $visitor->page->body, $reason);
            self::assertCount(1, $this->notices($visitor), $reason);
            $seen[$reason] = $this->notices($visitor)[0];
            $visitor->visit();
            self::assertSame([], $this->notices($visitor), 'told once');
        };

        $owner = $this->loggedInTo(self::ADA);
        $note(Session::AGENT, $owner->elsewhere(agent: Browser::CHROME));
        $note(Session::ADDRESS, $owner->elsewhere(address: '198.51.100.7'));
        self::assertStringContainsString('Hello <strong>Ada', $owner->visit(), 'the owner keeps the session');

        $planted = $this->visitor();
        $planted->cookies['PHPSESSID'] = str_repeat('planted0', 4);
        $note(Session::UNKNOWN, $planted);

        $early = $this->visitor();
        $early->visit();
        $old = $early->elsewhere();
        $early->submit(['action' => 'log in'] + self::ADA);
        $note(Session::REUSED, $old);

        $note(Session::DESTROYED, $this->destroyedMeanwhile(), true);

        for ($minutes = 0; $minutes < 60; $minutes += 15) {
            self::assertStringContainsString('Hello <strong>Ada', $owner->visit());
            self::$daemon->advance(900);
        }
        $note(Session::ABSOLUTE, $owner);
        $idle = $this->loggedInTo(self::ADA);
        self::$daemon->advance(1200);
        $note(Session::IDLE, $idle);

        $reasons = (new \ReflectionClass(Session::class))->getConstants(\ReflectionClassConstant::IS_PUBLIC);
        self::assertEqualsCanonicalizing(array_values($reasons), array_keys($seen));
        self::assertSame($seen, array_unique($seen), 'no two alike');
        self::assertNotContains('Your session cannot be continued. Please log in again.', $seen);
    }

    public function testWithoutTheDaemonThePageSaysSo(): void
    {
        $fpm = $this->fpm = new Fpm('/nonexistent/php.sock', 1);
        $this->install($fpm);
        $visitor = new Visitor($fpm, 'example/public/index.php');
        self::assertStringContainsString('<h1>Please come back later</h1>', $visitor->visit());
        self::assertStringContainsString('Status: 503', $visitor->page->head);
        self::assertStringNotContainsString('Cloakroom:', $visitor->page->body);
        self::assertStringContainsString('Cloakroom: cloakroomd cannot be reached', $fpm->log());
        $fpm->remove();
        $this->fpm = null;
    }

    /** A visitor whose session was destroyed while the last page waited for it. */
    private function destroyedMeanwhile(): Visitor
    {
        $visitor = $this->loggedInTo(self::ADA);
        $this->fpm->page('hold.php', <<<'PHP'
            session_start();
            touch('state/held');
            for ($end = hrtime(true) + 10e9; !file_exists('state/go') && hrtime(true) < $end;) {
                usleep(1000);
            }
            session_destroy();
            PHP);
        $holder = $visitor->elsewhere()->send('GET', script: 'hold.php');
        $this->fpm->awaitFile('held');
        $request = $visitor->send('GET');
        Wait::until(static fn (): bool => self::$daemon->waiting() !== [], 'nobody waits for the session');
        $this->fpm->makeFile('go');
        $holder->answer();
        $visitor->take($request);

        return $visitor;
    }

    private function visitor(string $agent = Browser::FIREFOX): Visitor
    {
        if ($this->fpm === null) {
            $this->install($this->fpm(3));
        }

        return new Visitor($this->fpm, 'example/public/index.php', $agent);
    }

    private function install(Fpm $fpm): void
    {
        foreach ($this->files() as $file) {
            $copy = "$fpm->directory/example" . substr($file, \strlen(self::EXAMPLE));
            is_dir(\dirname($copy)) || mkdir(\dirname($copy), recursive: true);
            copy($file, $copy);
        }
    }

    /** @return list<string> the example's PHP files */
    private function files(): array
    {
        $files = [self::EXAMPLE . '/users.php', ...glob(self::EXAMPLE . '/{public,src,templates}/*.php', GLOB_BRACE)];
        self::assertGreaterThan(8, \count($files));

        return $files;
    }

    /** @param array{email: string, password: string} $account */
    private function loggedInTo(array $account, string $agent = Browser::FIREFOX): Visitor
    {
        $visitor = $this->visitor($agent);
        $visitor->visit();
        self::assertStringContainsString('Hello <strong>', $visitor->submit(['action' => 'log in'] + $account));

        return $visitor;
    }

    /** Ada, on a device that she has asked to be remembered on. */
    private function remembered(string $agent = Browser::FIREFOX): Visitor
    {
        $visitor = $this->visitor($agent);
        self::assertStringContainsString('<input type="checkbox" name="remember" value="yes">', $visitor->visit());
        self::assertStringContainsString('Hello <strong>', $visitor->submit(['action' => 'log in', 'remember' => 'yes'] + self::ADA));
        self::assertArrayHasKey('remember', $visitor->cookies);

        return $visitor;
    }

    /** @return list<string> what the last page tells the visitor */
    private function notices(Visitor $visitor): array
    {
        preg_match_all('~<p class="notice" role="(?:status|alert)">(.*?)</p>~s', $visitor->page->body, $match);

        return $match[1];
    }

    private function escaped(string $text): string
    {
        require_once self::EXAMPLE . '/src/html.php';

        return \Example\e($text);
    }
}
