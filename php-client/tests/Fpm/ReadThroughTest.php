<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\Daemon;
use Cloakroom\Tests\Support\Fpm;
use Cloakroom\Tests\Support\FpmTestCase;
use Cloakroom\Tests\Support\Load;
use Cloakroom\Tests\Support\Nginx;
use Cloakroom\Tests\Support\OldSite;
use Cloakroom\Tests\Support\Wait;

/** A site with sessions of PHP's own handler moves to Cloakroom while it works. */
final class ReadThroughTest extends FpmTestCase
{
    private const WORKERS = 8;
    private const CLIENTS = 6;
    private const USERS = 40;
    /** Counts for who is logged in, and is an answer that Load takes for a failure otherwise. */
    private const COUNT = <<<'PHP'
        session_start();
        if (!isset($_SESSION['user'])) {
            http_response_code(403);
            exit('logged out');
        }
        echo ++$_SESSION['count'];
        PHP;
    private const PAGE = <<<'PHP'
        session_start();
        $user = $_SESSION['user'] ?? null;
        if (($_GET['do'] ?? '') === 'logout') {
            session_destroy();
        }
        echo json_encode([$user, getmypid(), session_module_name()]);
        PHP;

    private static OldSite $old;
    private static OldSite $second;
    private ?Nginx $nginx = null;

    public static function setUpBeforeClass(): void
    {
        self::$old = new OldSite();
        self::$second = new OldSite(1);
        [$old, $second] = [self::$old->savePath(), self::$second->savePath()];
        self::$daemon = new Daemon(<<<TOML
            [sessions]
            read_through = "$old"
            [pools.blog]
            unix_users = ["news"]
            [pools.blog.sessions]
            read_through = "$second"
            [log]
            events = "all"
            TOML);
    }

    public static function tearDownAfterClass(): void
    {
        parent::tearDownAfterClass();
        self::$old->remove();
        self::$second->remove();
    }

    protected function tearDown(): void
    {
        $this->nginx?->remove();
        $this->nginx = null;
        parent::tearDown();
    }

    private function site(int $workers = 2): Fpm
    {
        $fpm = $this->fpm($workers);
        $fpm->page('page.php', self::PAGE);

        return $fpm;
    }

    /** @return array{?string, int, string} user, process and handler */
    private function ask(string $id, string $do = ''): array
    {
        $body = $this->fpm->get('page.php', "do=$do", $id)->body;
        $decoded = json_decode($body, true);
        self::assertIsArray($decoded, $body);

        return $decoded;
    }

    private function user(string $id, string $do = ''): ?string
    {
        return $this->ask($id, $do)[0];
    }

    private static function loggedIn(string $user = 'Ada'): string
    {
        return self::$old->session('user|s:' . \strlen($user) . ":\"$user\";count|i:0;", 'www-data');
    }

    public function testNobodyNoticesTheMove(): void
    {
        $users = self::isTorture() ? 1000 : self::USERS;
        $files = [
            'php_value[auto_prepend_file]' => 'none',
            'php_value[session.save_handler]' => 'files',
            'php_value[session.save_path]' => '"' . self::$old->savePath() . '"',
            'php_flag[session.use_strict_mode]' => 'on',
        ];
        $fpm = $this->fpm = new Fpm(self::$daemon->socket, self::WORKERS, $files, patient: true);
        $fpm->page('count.php', self::COUNT);
        $fpm->page('page.php', self::PAGE);
        $sessions = array_map(fn (int $number): string => self::loggedIn("user$number"), range(1, $users));
        self::assertSame('files', $this->ask($sessions[0])[2]);
        $this->nginx = new Nginx($fpm);
        $load = new Load($this->nginx, $sessions, self::CLIENTS);
        $before = self::$old->count();
        try {
            // All have been there before, and some will be there in the midst of it.
            $asked = $users + 50;
            Wait::until(fn (): bool => $load->requests() > $asked, 'no load', 60);
            $fpm->change($files, [
                'php_value[auto_prepend_file]' => "$fpm->directory/php-client/prepend.php",
            ]);
            $asked = $load->requests() + self::CLIENTS * $users;
            Wait::until(fn (): bool => $load->requests() > $asked, 'the load does not go on', 120);
        } finally {
            $load->stop();
        }
        self::assertSame('user', $this->ask($sessions[0])[2]);

        $lost = $total = 0;
        foreach ($load->counts as $id => $counts) {
            $total += \count($counts);
            $lost += \count(array_diff(range(1, \count($counts)), $counts));
            self::assertStringContainsString(';count|i:' . \count($counts) . ';', $this->readHere($id));
        }
        fprintf(
            STDERR,
            "\n%d users move under load: %d requests, %d failed, %d increments lost, %d files before and %d after; "
                . "the longest request took %.2f s\n",
            $users,
            $total,
            \count($load->failures),
            $lost,
            $before,
            self::$old->count(),
            $load->longest,
        );
        self::assertSame([], $load->failures);
        self::assertSame(0, $lost);
        self::assertSame([$users, 0], [$before, self::$old->count()]);
        self::assertStringContainsString("adopted=$users ", $this->statistics());
    }

    public function testOfRequestsAtOnceOneTakesTheSession(): void
    {
        $fpm = $this->fpm(6);
        $fpm->page('count.php', self::COUNT);
        for ($round = 0; $round < 10; ++$round) {
            $id = self::loggedIn();
            $requests = array_map(fn (): mixed => $fpm->send('count.php', '', $id), range(1, 6));
            $counts = array_map(fn ($request): string => $request->answer()->body, $requests);
            sort($counts);
            self::assertSame(['1', '2', '3', '4', '5', '6'], $counts);
            self::assertFalse(self::$old->has($id));
        }
    }

    public function testLogOutHoldsWhateverIsPutBack(): void
    {
        $this->site();
        $id = self::loggedIn();
        self::assertSame('Ada', $this->user($id, 'logout'));
        for ($i = 0; $i < 3; ++$i) {
            self::$old->put($id, 'user|s:3:"Ada";', 'www-data');
            self::assertNull($this->user($id));
            self::assertFalse(self::$old->has($id));
        }
    }

    public function testFileThatCannotBeRemovedIsEmptied(): void
    {
        $this->site();
        [$id, $other] = [self::loggedIn(), self::loggedIn()];
        chmod(self::$old->path, 0555);
        try {
            self::assertSame('Ada', $this->user($id));
            self::assertSame('', file_get_contents(self::$old->file($id)));
            self::assertSame('Ada', $this->user($id));
            // Put back while nobody can remove it.
            file_put_contents(self::$old->file($id), 'user|s:3:"Ada";');
            self::assertSame('Ada', $this->user($id, 'logout'));
            self::assertSame('', file_get_contents(self::$old->file($id)));
            self::assertNull($this->user($id));
            self::assertSame('Ada', $this->user($other));
        } finally {
            chmod(self::$old->path, 0777);
        }
        self::assertStringContainsString('a session file could not be removed, and was emptied', $this->fpm->log());
        unlink(self::$old->file($id));
        unlink(self::$old->file($other));
    }

    public function testFilesOfOthersAreLeft(): void
    {
        $this->site();
        foreach (['games' => 'a file of another user', 'root' => 'a file of another user'] as $owner => $what) {
            $id = self::$old->session('user|s:3:"Ada";', $owner);
            chmod(self::$old->file($id), 0666);
            self::assertNull($this->user($id));
            self::assertTrue(self::$old->has($id), $owner);
            self::assertStringContainsString($what, $this->fpm->log());
            unlink(self::$old->file($id));
        }
        $id = self::loggedIn();
        $file = self::$old->file($id);
        rename($file, "$file.target");
        symlink("$file.target", $file);
        self::assertNull($this->user($id));
        self::assertStringContainsString('a symbolic link', $this->fpm->log());
        unlink($file);
        rename("$file.target", $file);
        chmod($file, 0400);
        self::assertNull($this->user($id), 'it could not be removed safely');
        self::assertStringContainsString('cannot be opened for reading and writing', $this->fpm->log());
        unlink($file);
    }

    /** @testWith ["", "Ada"]
     *            ["logout", null]
     */
    public function testWorkerThatDiesBetweenTakingAndRemoving(string $do, ?string $then): void
    {
        $fpm = $this->site(1);
        $id = self::loggedIn();
        $file = fopen(self::$old->file($id), 'r+');
        self::assertTrue(flock($file, LOCK_EX));
        [, $worker] = $this->ask(bin2hex(random_bytes(16)));
        $request = $fpm->send('page.php', '', $id);
        Wait::until(fn (): bool => self::hasOpen($worker, self::$old->file($id)), 'the worker does not wait for the file');
        self::$daemon->pause();
        flock($file, LOCK_UN);
        // It takes the lock, sends what it has read, and waits for the answer.
        Wait::until(fn (): bool => !flock($file, LOCK_EX | LOCK_NB) || !flock($file, LOCK_UN), 'the worker does not take the lock');
        Wait::forAnswer($worker);
        posix_kill($worker, SIGKILL);
        $request->answer();
        $before = substr_count(self::$daemon->log(), 'session adopted');
        self::$daemon->signal(SIGCONT);
        fclose($file);
        $taken = static fn (): bool => substr_count(self::$daemon->log(), 'session adopted') > $before;
        Wait::until($taken, 'the daemon does not carry out what the worker has sent');
        self::assertTrue(self::$old->has($id));
        self::assertStringNotContainsString('Ada', $this->fpm->log());

        self::assertSame('Ada', $this->user($id, $do), 'what the daemon has');
        self::assertFalse(self::$old->has($id));
        self::assertSame($then, $this->user($id));
    }

    public function testWithoutTheDaemonNothingIsTakenAndNothingLost(): void
    {
        $fpm = $this->site();
        $id = self::loggedIn();
        self::$daemon->stop();
        try {
            $body = $fpm->get('page.php', '', $id)->body;
        } finally {
            self::$daemon->start();
        }
        self::assertStringContainsString('cloakroomd cannot be reached', $body);
        self::assertStringContainsString('session_start(): Failed to read session data', $body);
        self::assertSame('Ada', $this->user($id));
    }

    public function testPoolsHaveDirectoriesOfTheirOwn(): void
    {
        $this->fpm = new Fpm(self::$daemon->socket, 1, [], ['user' => 'news', 'group' => 'news']);
        $this->fpm->page('page.php', self::PAGE);
        $id = self::loggedIn('Ada');
        self::$second->put($id, 'user|s:3:"Bob";', 'news');
        $ofBlog = fn (): mixed => json_decode($this->fpm->send('page.php', '', $id, socket: 'second.sock')->answer()->body)[0];
        self::assertSame('Bob', $ofBlog());
        self::assertFalse(self::$second->has($id));
        self::assertTrue(self::$old->has($id), "the other pool's is not touched");
        self::assertSame('Ada', $this->user($id));
        self::assertSame('Bob', $ofBlog());
        self::assertFalse(self::$old->has($id));
    }

    private static function hasOpen(int $pid, string $file): bool
    {
        foreach (glob("/proc/$pid/fd/*") ?: [] as $descriptor) {
            if (@readlink($descriptor) === $file) {
                return true;
            }
        }

        return false;
    }

    /** What the daemon has counted, as it says when it is stopped. */
    private function statistics(): string
    {
        self::$daemon->restart();

        return self::$daemon->log();
    }
}
