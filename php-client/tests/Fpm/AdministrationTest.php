<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\FpmTestCase;
use Cloakroom\Tests\Support\Wait;

/** A site that hangs: what cloakroomctl says of it, and does about it. */
class AdministrationTest extends FpmTestCase
{
    private const SLOW = <<<'PHP'
        session_start();
        file_put_contents(__DIR__ . '/state/slow.new', (string) getmypid());
        rename(__DIR__ . '/state/slow.new', __DIR__ . '/state/slow');
        while (!file_exists(__DIR__ . '/state/proceed')) {
            usleep(2000);
        }
        $_SESSION['late'] = true;
        session_write_close();
        PHP;
    private const NEXT = <<<'PHP'
        file_put_contents(__DIR__ . '/state/next.new', (string) getmypid());
        rename(__DIR__ . '/state/next.new', __DIR__ . '/state/next');
        session_start();
        echo json_encode([session_id(), $_SESSION]);
        PHP;

    public function testBlockedSessionIsNamedAndFreed(): void
    {
        $id = $this->stored('secret|s:4:"text";');
        $fpm = $this->fpm(2);
        $fpm->page('slow.php', self::SLOW);
        $fpm->page('next.php', self::NEXT);
        $slow = $fpm->send('slow.php', 'secret=query', $id, ['REQUEST_URI' => '/slow.php?secret=query']);
        $holder = $this->noted('slow');
        $next = $fpm->send('next.php', '', $id, ['REQUEST_METHOD' => 'POST', 'REQUEST_URI' => '/next.php']);
        $waiter = $this->noted('next');
        Wait::until(fn (): bool => $this->locks('--blocking') !== [], 'nobody waits');

        [$lock] = $this->locks('--blocking');
        self::assertSame([$holder, 'GET /slow.php'], [$lock['holder']['pid'], $lock['holder']['request']]);
        self::assertSame(1, $lock['waiting']);
        self::assertSame([$waiter, 'POST /next.php'], [$lock['waiters'][0]['pid'], $lock['waiters'][0]['request']]);
        // The time goes on, and the holder has had the session for longer than the other one has waited.
        Wait::until(fn (): bool => $this->locks()[0]['holder']['milliseconds'] > $lock['holder']['milliseconds'], 'time');
        self::assertGreaterThanOrEqual($lock['waiters'][0]['milliseconds'], $lock['holder']['milliseconds']);
        [$shown] = self::$daemon->control('sessions', 'show', $lock['tag']);
        self::assertSame(['session', $holder], [$shown['kind'], $shown['lock']['holder']['pid']]);

        [$ended] = self::$daemon->control('sessions', 'end', $lock['tag']);
        self::assertSame([1, 1], [$ended['sessions'], $ended['locks']]);
        // Answered although the slow request still runs, with a session of its own.
        [$other, $session] = json_decode($next->answer()->body);
        self::assertSame([], $session);
        self::assertNotSame($id, $other);
        self::assertSame([], $this->locks());

        $fpm->makeFile('proceed');
        self::assertStringContainsString('Cloakroom: gone:', $slow->answer()->body);
        self::assertFalse($this->handler()->validateId($id));
        self::assertStringContainsString('uid=' . posix_getuid(), self::$daemon->log());
        self::assertStringNotContainsString('secret=query', self::$daemon->log());
    }

    public function testEndedSessionsLogTheirUsersOut(): void
    {
        $fpm = $this->fpm(1);
        $fpm->page('in.php', 'session_start(); Cloakroom\Session::identify("alice"); $_SESSION["in"] = 1;');
        $fpm->page('look.php', 'session_start(); echo json_encode($_SESSION);');
        $ids = [$fpm->get('in.php')->cookie, $fpm->get('in.php')->cookie];
        self::assertSame('{"in":1}', $fpm->get('look.php', '', $ids[0])->body);
        [$user] = self::$daemon->control('users');
        self::assertSame(['alice', 2], [$user['user'], $user['sessions']]);
        $rows = self::$daemon->control('sessions', 'list', '--user', 'alice');
        self::assertCount(2, $rows);
        self::$daemon->control('sessions', 'end', '--user', 'alice', '--yes');
        foreach ($ids as $id) {
            self::assertSame('[]', $fpm->get('look.php', '', $id)->body);
        }
        [$verified] = \array_slice(self::$daemon->control('verify'), -1);
        self::assertSame(0, $verified['pools'][0]['findings']);
    }

    /** @return list<array<string, mixed>> */
    private function locks(string ...$options): array
    {
        return self::$daemon->control('locks', ...$options);
    }

    /** The process that a page has noted. */
    private function noted(string $name): int
    {
        $this->fpm->awaitFile($name);

        return (int) file_get_contents("{$this->fpm->directory}/state/$name");
    }
}
