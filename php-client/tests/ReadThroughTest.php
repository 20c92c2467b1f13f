<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests;

use Cloakroom\Tests\Support\Daemon;
use Cloakroom\Tests\Support\DaemonTestCase;
use Cloakroom\Tests\Support\OldSite;
use Cloakroom\Tests\Support\Outcome;
use Cloakroom\Tests\Support\Php;
use Cloakroom\Tests\Support\Wait;

/** sessions.read_through: sessions that PHP's own handler kept are taken over at their first use. */
final class ReadThroughTest extends DaemonTestCase
{
    private const LIMIT = 100_000;
    /** Says what the session has, and whether it got another id. */
    private const LOOK = <<<'PHP'
        session_id($argv[1] ?? getenv('ID'));
        $started = session_start();
        echo json_encode([$started, $_SESSION ?? null, session_id() === getenv('ID'), Cloakroom\Session::rejection()]);
        PHP;
    private const COUNT = 'session_id(getenv("ID")); session_start(); echo $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1;';

    private static OldSite $old;

    public static function setUpBeforeClass(): void
    {
        self::$old = new OldSite();
        self::$daemon = self::daemon(self::$old);
    }

    public static function tearDownAfterClass(): void
    {
        parent::tearDownAfterClass();
        self::$old->remove();
    }

    private static function daemon(OldSite $old, string $more = ''): Daemon
    {
        $limit = self::LIMIT;

        return new Daemon(<<<TOML
            [sessions]
            read_through = "{$old->savePath()}"
            lock_wait = 2
            [users]
            session_key = "user"
            [log]
            events = "all"
            [limits]
            session_size = $limit
            $more
            TOML);
    }

    /** @param array<string, string> $settings */
    private function visit(string $script, string $id, array $settings = [], array $environment = []): Outcome
    {
        return $this->php($script, ['ID' => $id] + $environment, $settings);
    }

    /** @param array<string, string> $settings */
    private function look(string $id, array $settings = [], array $environment = []): mixed
    {
        return $this->visit(self::LOOK, $id, $settings, $environment)->value();
    }

    private function assertTaken(string $id): void
    {
        self::assertSame([true, ['user' => 'Ada'], true, null], $this->look($id));
        self::assertFalse(self::$old->has($id));
    }

    public function testWhatPhpKeptIsTakenAndItsFileRemoved(): void
    {
        $written = $this->php(
            'session_start(); $_SESSION = ["user" => "Ada", "bytes" => "\0\xff", "n" => 1]; echo json_encode(session_id());',
            [],
            self::$old->settings(),
        );
        $id = $written->value();
        self::assertTrue(self::$old->has($id));

        $first = $this->visit(self::COUNT, $id);
        self::assertSame(['2', ''], [$first->output, $first->errors]);
        self::assertFalse(self::$old->has($id));
        self::assertSame('3', $this->visit(self::COUNT, $id)->output);
        self::assertSame('user|s:3:"Ada";bytes|s:2:"' . "\0\xff" . '";n|i:3;', $this->readHere($id));
        self::assertStringContainsString('session adopted', self::$daemon->log());
        self::assertStringNotContainsString('the id did not change', self::$daemon->log(), 'he was logged in before');
    }

    /**
     * @testWith [1]
     *           [2]
     */
    public function testFilesMayLieInDirectories(int $depth): void
    {
        $old = new OldSite($depth);
        $daemon = self::daemon($old);
        try {
            $id = $this->visit('session_start(); $_SESSION["user"] = "Ada"; echo json_encode(session_id());', '', $old->settings())
                ->value();
            self::assertTrue($old->has($id), 'PHP keeps it there');
            $look = fn (): mixed => $this->look($id, [], ['CLOAKROOM_SOCKET' => $daemon->socket]);
            self::assertSame([true, ['user' => 'Ada'], true, null], $look());
            self::assertFalse($old->has($id));
            self::assertSame([true, ['user' => 'Ada'], true, null], $look());
        } finally {
            $daemon->remove();
            $old->remove();
        }
    }

    /** @testWith [{"session.use_strict_mode": "0"}, {"CLOAKROOM_STRICT": "off"}]
     *            [{"disable_functions": "posix_geteuid"}, {}]
     *            [{"session.lazy_write": "0"}, {}]
     */
    public function testItIsTakenWhateverTheSettings(array $settings, array $environment): void
    {
        $id = self::$old->session('user|s:3:"Ada";');
        self::assertSame([true, ['user' => 'Ada'], true, null], $this->look($id, $settings, $environment));
        self::assertFalse(self::$old->has($id));
    }

    public function testReadOnlyRequestTakesItAndHoldsNoLock(): void
    {
        $id = self::$old->session('user|s:3:"Ada";');
        $script = 'session_id(getenv("ID")); session_start(); echo "$_SESSION[user]\n"; fgets(STDIN);';
        $reader = $this->start($script, ['ID' => $id, 'CLOAKROOM_READ_ONLY' => '1']);
        self::assertSame('Ada', $reader->line());
        self::assertFalse(self::$old->has($id));
        self::assertSame('1', $this->visit(self::COUNT, $id)->output, 'nobody has to wait');
        $reader->proceed();
        self::assertSame('', $reader->finish()->errors);
        self::assertSame('user|s:3:"Ada";n|i:1;', $this->readHere($id));
    }

    public function testReadAndCloseTakesIt(): void
    {
        $id = self::$old->session('user|s:3:"Ada";');
        $script = 'session_id(getenv("ID")); session_start(["read_and_close" => true]); echo $_SESSION["user"];';
        self::assertSame('Ada', $this->visit($script, $id)->output);
        self::assertFalse(self::$old->has($id));
        self::assertSame('user|s:3:"Ada";', $this->readHere($id));
    }

    public function testWhatIsTooOldIsAbsentAndRemoved(): void
    {
        $id = self::$old->session('user|s:3:"Ada";', age: 1441);
        self::assertSame([true, [], false, 'idle'], $this->look($id));
        self::assertFalse(self::$old->has($id));

        $id = self::$old->session('user|s:3:"Ada";', age: 1430);
        self::assertSame([true, ['user' => 'Ada'], true, null], $this->look($id), 'not yet');
        $id = self::$old->session('user|s:3:"Ada";', age: 5000);
        self::assertSame([true, ['user' => 'Ada'], true, null], $this->look($id, ['session.gc_maxlifetime' => '5100']));
    }

    public function testEmptyFileIsNoSession(): void
    {
        $id = self::$old->session('');
        self::assertSame([true, [], false, 'unknown id'], $this->look($id));
        self::assertFalse(self::$old->has($id));
    }

    public function testUnknownIdStaysUnknown(): void
    {
        self::assertSame([true, [], false, 'unknown id'], $this->look(bin2hex(random_bytes(16))));
    }

    public function testLogOutIsNotUndoneByAFileThatIsPutBack(): void
    {
        foreach (['session_destroy();', 'session_regenerate_id(true);', '$_SESSION["x"] = 1; session_regenerate_id(true);'] as $end) {
            $id = self::$old->session('user|s:3:"Ada";');
            $outcome = $this->visit("session_id(getenv('ID')); session_start(); touch(getenv('FILE')); $end", $id, [], [
                'FILE' => self::$old->file($id),
            ]);
            self::assertSame('', $outcome->errors);
            self::assertFalse(self::$old->has($id), 'a file that was there again is removed with the session');
            for ($i = 0; $i < 2; ++$i) {
                self::$old->put($id, 'user|s:3:"Ada";');
                [$started, $data, $isKept, $why] = $this->look($id);
                self::assertSame([true, [], false], [$started, $data, $isKept], $end);
                self::assertContains($why, ['destroyed', 'reused']);
                self::assertFalse(self::$old->has($id), $end);
            }
            self::$daemon->restart();
            self::$old->put($id, 'user|s:3:"Ada";');
            self::assertSame([], $this->look($id)[1], 'after a restart');
        }
    }

    public function testFileThatIsPutBackWhileTheSessionLivesIsRemoved(): void
    {
        $id = self::$old->session('user|s:3:"Ada";n|i:1;');
        self::assertSame('2', $this->visit(self::COUNT, $id)->output);
        self::$old->put($id, 'user|s:3:"Ada";n|i:1;');
        self::assertSame('3', $this->visit(self::COUNT, $id)->output, 'what Cloakroom has is newer');
        self::assertFalse(self::$old->has($id));
    }

    public function testSessionsThatWereTakenAreTheirUsersAndEndWithTheOthers(): void
    {
        $user = 'u' . bin2hex(random_bytes(4));
        $data = 'user|s:9:"' . $user . '";';
        [$first, $second] = [self::$old->session($data), self::$old->session($data)];
        foreach ([$first, $second] as $id) {
            self::assertSame([true, ['user' => $user], true, null], $this->look($id));
        }
        $ended = $this->visit('session_id(getenv("ID")); session_start(); echo Cloakroom\Session::endOthers();', $first);
        self::assertSame(['1', ''], [$ended->output, $ended->errors]);
        self::$old->put($second, $data);
        self::assertSame([true, [], false, 'destroyed'], $this->look($second), 'ended from another device');
    }

    /** @return iterable<string, array{string, callable(string): mixed, string}> */
    public function oddFiles(): iterable
    {
        yield 'symbolic link' => [
            'a symbolic link',
            function (string $file): void {
                rename($file, "$file.target");
                symlink("$file.target", $file);
            },
        ];
        yield 'hard link' => ['a file with several names', fn (string $file) => link($file, "$file.other")];
        yield 'other owner' => ['a file of another user', fn (string $file) => chown($file, 'games')];
        yield 'FIFO' => ['no regular file', fn (string $file) => unlink($file) && posix_mkfifo($file, 0600)];
        yield 'directory' => ['no regular file', fn (string $file) => unlink($file) && mkdir($file)];
        yield 'socket' => ['no regular file', fn (string $file) => unlink($file) && stream_socket_server("unix://$file") === null];
    }

    /** @dataProvider oddFiles */
    public function testOddFilesAreLeftAndReported(string $what, callable $change): void
    {
        $id = self::$old->session('user|s:3:"Ada";');
        $change(self::$old->file($id));
        $outcome = $this->visit(self::LOOK, $id);

        self::assertSame([true, [], false, 'unknown id'], $outcome->value());
        self::assertTrue(self::$old->has($id));
        self::assertStringContainsString("Cloakroom: sessions.read_through: $what", $outcome->errors);
        self::assertSame(1, substr_count($outcome->errors, "\n"), $outcome->errors);
        self::assertStringNotContainsString($id, $outcome->errors);
        exec('rm -rf ' . escapeshellarg(self::$old->path) . '/sess_*');
    }

    public function testDirectoryThatIsNotThereIsReported(): void
    {
        rename(self::$old->path, self::$old->path . '.away');
        try {
            $outcome = $this->visit(self::LOOK, bin2hex(random_bytes(16)));
        } finally {
            rename(self::$old->path . '.away', self::$old->path);
        }
        self::assertSame([true, [], false, 'unknown id'], $outcome->value());
        self::assertStringContainsString('it is not there', $outcome->errors);
    }

    public function testDirectoryThatIsNotWithinOpenBasedirIsReported(): void
    {
        $id = self::$old->session('user|s:3:"Ada";');
        $within = implode(':', [$this->directory->path, \dirname(__DIR__)]);
        $outcome = $this->visit(self::LOOK, $id, ['open_basedir' => $within]);
        self::assertSame([true, [], false, 'unknown id'], $outcome->value());
        self::assertStringContainsString('not within open_basedir', $outcome->errors);
        self::assertSame([true, ['user' => 'Ada'], true, null], $this->look($id, ['open_basedir' => "$within:" . self::$old->path]));
    }

    public function testErrorHandlerOfTheApplicationSeesNothing(): void
    {
        $id = self::$old->session('user|s:3:"Ada";');
        $handler = 'set_error_handler(function ($level, $message) { throw new ErrorException($message); });';
        $outcome = $this->visit($handler . self::LOOK, $id);
        self::assertSame([[true, ['user' => 'Ada'], true, null], ''], [$outcome->value(), $outcome->errors]);
        self::assertSame([true, [], false, 'unknown id'], $this->visit($handler . self::LOOK, bin2hex(random_bytes(16)))->value());
    }

    public function testOldWorkerThatHasTheSessionIsWaitedFor(): void
    {
        $id = self::$old->session('n|i:1;');
        $old = $this->old($id, '$_SESSION["n"]++;');
        $new = $this->start(self::COUNT, ['ID' => $id]);
        self::awaitSearch($id);
        $old->proceed();
        $old->finish();
        self::assertSame('3', $new->finish()->output);
        self::assertFalse(self::$old->has($id));
    }

    public function testLogOutInAnOldWorkerMeanwhileHolds(): void
    {
        $id = self::$old->session('user|s:3:"Ada";');
        $old = $this->old($id, 'session_destroy();');
        $new = $this->start(self::LOOK, ['ID' => $id]);
        self::awaitSearch($id);
        $old->proceed();
        $old->finish();
        self::assertSame([true, [], false, 'unknown id'], $new->finish()->value());
    }

    public function testOldWorkerThatHoldsTheSessionForTooLongIsReported(): void
    {
        $id = self::$old->session('user|s:3:"Ada";');
        $old = $this->old($id, '');
        $outcome = $this->visit(self::LOOK, $id);
        self::assertFalse($outcome->value()[0]);
        self::assertStringContainsString('Cloakroom: lock timed out: a request of PHP\'s own handler', $outcome->errors);
        $old->proceed();
        $old->finish();
        $this->assertTaken($id);
    }

    public function testWithoutTheDaemonNothingIsTaken(): void
    {
        $id = self::$old->session('user|s:3:"Ada";');
        self::$daemon->stop();
        try {
            $outcome = $this->visit(self::LOOK, $id);
        } finally {
            self::$daemon->start();
        }
        self::assertFalse($outcome->value()[0]);
        self::assertStringContainsString('cloakroomd cannot be reached', $outcome->errors);
        $this->assertTaken($id);
    }

    public function testDaemonThatIsRestartedInTheMidstIsAskedAgain(): void
    {
        $id = self::$old->session('n|i:1;');
        $old = $this->old($id, '');
        $new = $this->start(self::COUNT, ['ID' => $id]);
        self::awaitSearch($id);
        self::$daemon->crash();
        $old->proceed();
        $old->finish();
        $outcome = $new->finish();
        self::assertSame(['2', ''], [$outcome->output, $outcome->errors]);
        self::assertFalse(self::$old->has($id));
    }

    public function testWhatIsTooLargeFailsAndStays(): void
    {
        $id = self::$old->session('x|s:100000:"' . str_repeat('x', self::LIMIT) . '";');
        $outcome = $this->visit(self::LOOK, $id);
        self::assertFalse($outcome->value()[0]);
        self::assertStringContainsString('session data too large', $outcome->errors);
        self::assertTrue(self::$old->has($id));
        unlink(self::$old->file($id));
    }

    public function testFileThatCanBeNeitherRemovedNorEmptiedFailsClosed(): void
    {
        $id = self::$old->session('user|s:3:"Ada";');
        $outcome = $this->visit(self::STUBBORN . self::LOOK, $id);
        self::assertFalse($outcome->value()[0]);
        self::assertStringContainsString('can be neither removed nor emptied', $outcome->errors);
        self::assertTrue(self::$old->has($id));
        self::assertSame([true, [], false, 'destroyed'], $this->look($id), 'and is not taken once more');
        self::assertFalse(self::$old->has($id));
    }

    /** Makes PHP's own files such that unlink() and ftruncate() fail. */
    private const STUBBORN = <<<'PHP'
        final class Stubborn
        {
            public $context;
            private $file;

            public static function plain(callable $call)
            {
                stream_wrapper_restore('file');
                try {
                    return $call();
                } finally {
                    stream_wrapper_unregister('file');
                    stream_wrapper_register('file', self::class);
                }
            }

            public function stream_open($path, $mode)
            {
                return (bool) $this->file = self::plain(fn () => fopen($path, $mode));
            }

            public function stream_read($size) { return fread($this->file, $size); }
            public function stream_eof() { return feof($this->file); }
            public function stream_seek($to, $whence) { return fseek($this->file, $to, $whence) === 0; }
            public function stream_tell() { return ftell($this->file); }
            public function stream_stat() { return fstat($this->file); }
            public function stream_lock($operation) { return flock($this->file, $operation); }
            public function stream_truncate($size) { return false; }
            public function stream_close() { fclose($this->file); }
            public function unlink($path) { return false; }
            public function url_stat($path, $flags) { return self::plain(fn () => @lstat($path)); }
        }
        stream_wrapper_unregister('file');
        stream_wrapper_register('file', Stubborn::class);

        PHP;

    /** A request of PHP's own handler that has the session, until it may go on. */
    private function old(string $id, string $then): Php
    {
        $script = "session_id(getenv('ID')); session_start(); fwrite(STDOUT, \"has it\\n\"); fgets(STDIN); $then";
        $old = $this->start($script, ['ID' => $id], self::$old->settings());
        self::assertSame('has it', $old->line());

        return $old;
    }

    /** Waits until a process tries to lock the file that an old worker has. */
    private static function awaitSearch(string $id): void
    {
        $file = self::$old->file($id);
        Wait::until(static function () use ($file): bool {
            $open = 0;
            foreach (glob('/proc/[0-9]*/fd/*') ?: [] as $descriptor) {
                $open += @readlink($descriptor) === $file ? 1 : 0;
            }

            return $open > 1;
        }, 'nobody waits for the file');
    }
}
