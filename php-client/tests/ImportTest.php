<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests;

use Cloakroom\Tests\Support\Daemon;
use Cloakroom\Tests\Support\ImportTestCase;
use Cloakroom\Tests\Support\Secrets;
use Cloakroom\Tests\Support\Wait;

/** Sessions that PHP's own handler kept, after `cloakroomctl import files`. */
final class ImportTest extends ImportTestCase
{
    private const SESSIONS = 10_000;
    private const LIFETIME = 14_400;

    public function testEverySessionOpensWithItsContentsAndItsAge(): void
    {
        $ids = $this->writeFiles(self::SESSIONS);
        $before = $this->openFiles($ids);
        self::assertCount(self::SESSIONS, array_unique($before));
        $now = time();
        foreach ($ids as $number => $id) {
            touch($this->file($id), $now - self::age($number));
        }

        $dry = $this->import(['--dry-run']);
        self::assertSame([0, self::SESSIONS, 0], [$dry->status, $dry->end['importable'], $dry->end['removed']]);
        self::assertCount(self::SESSIONS, $this->files());
        self::assertSame([], $this->openHere(\array_slice($ids, 0, 100)), 'nothing is stored');

        $started = hrtime(true);
        $import = $this->import();
        fprintf(STDERR, "\n%d sessions imported in %.2f s\n", self::SESSIONS, (hrtime(true) - $started) / 1e9);
        self::assertSame('', $import->errors);
        self::assertSame([0, self::SESSIONS], [$import->status, $import->end['imported']]);
        self::assertSame([], $this->files());
        self::$daemon->crash();
        self::assertSame($before, $this->openHere($ids));

        // As many seconds before their end as PHP would have left them.
        self::$daemon->advance(7000);
        $left = array_filter($ids, static fn (int $number): bool => self::age($number) < 7400, ARRAY_FILTER_USE_KEY);
        self::assertSame(array_intersect_key($before, array_flip($left)), $this->openHere($ids));
    }

    private static function age(int $number): int
    {
        return 1000 * ($number % 12) + 500;
    }

    public function testOriginalsStayOnRequestAndAnotherImportFindsThemThere(): void
    {
        $ids = $this->writeFiles(300);
        $before = $this->openFiles($ids);
        $import = $this->import(['--keep']);
        self::assertSame([0, 300, 0], [$import->status, $import->end['imported'], $import->end['removed']]);
        self::assertCount(300, $this->files());
        $again = $this->import();
        self::assertSame([0, 0, 300, 300], [
            $again->status, $again->end['imported'], $again->end['present'], $again->end['removed'],
        ]);
        self::assertSame([], $this->files());
        self::assertSame($before, $this->openHere($ids));
    }

    public function testSessionThatWasUsedSinceIsKeptAndItsOlderFileGoes(): void
    {
        [$used, $other] = $this->writeFiles(2);
        foreach ([$used, $other] as $id) {
            touch($this->file($id), time() - 100);
        }
        $this->import(['--keep']);
        $php = $this->php("session_id('$used'); session_start(); \$_SESSION['more'] = 1;");
        self::assertSame('', $php->errors);
        touch($this->file($other), time());
        file_put_contents($this->file($other), 'number|i:77;');

        $import = $this->import();
        self::assertSame([1, 1], [$import->status, $import->end['present']]);
        self::assertSame(['different' => 1], $import->end['left']);
        self::assertFileDoesNotExist($this->file($used));
        self::assertFileExists($this->file($other));
        self::assertSame(1, $this->php("session_id('$used'); session_start(); echo \$_SESSION['more'];")->value());
    }

    public function testHostileAndForeignEntriesAreLeftAndReported(): void
    {
        $good = $this->writeFiles(5);
        $before = $this->openFiles($good);
        $outside = $this->directory->path . '/outside';
        file_put_contents($outside, 'admin|b:1;');
        $expected = $this->makeHostileEntries($outside);
        $states = $this->states();
        $locked = $this->lockedSession();
        $expected[$locked[0]] = 'in use';

        $import = $this->import();
        $reasons = [];
        foreach ($import->left as $left) {
            self::assertSame($this->store, $left['place']['directory']);
            $reasons[$left['place']['inode']] = $left['left'];
        }
        $inodes = array_combine(array_map(fn (string $name): int => lstat("$this->store/$name")['ino'], array_keys($expected)), $expected);
        ksort($reasons);
        ksort($inodes);
        self::assertSame($inodes, $reasons);
        self::assertSame([1, 5], [$import->status, $import->end['imported']]);
        self::assertSame($before, $this->openHere($good));
        self::assertSame($states, array_intersect_key($this->states(), $states));
        self::assertStringEqualsFile($outside, 'admin|b:1;');
        Secrets::expectNoneIn($import->output . $import->errors, "cloakroomctl's output");

        $locked[1]->proceed();
        self::assertSame('', $locked[1]->finish()->errors);
        self::assertSame(1, $this->import()->end['imported'], 'once it is free');
    }

    /**
     * Makes what nobody but an attacker makes; for each name, the reason for which it is left.
     *
     * @return array<string, string>
     */
    private function makeHostileEntries(string $outside): array
    {
        $path = fn (string $name): string => "$this->store/$name";
        $data = 'admin|b:1;';
        $expected = [];
        symlink($outside, $path('sess_link'));
        symlink('/nonexistent', $path('sess_dangling'));
        $expected += ['sess_link' => 'link', 'sess_dangling' => 'link'];
        posix_mkfifo($path('sess_fifo'), 0600);
        mkdir($path('sess_directory'));
        stream_socket_server('unix://' . $path('sess_socket'));
        posix_mknod($path('sess_device'), POSIX_S_IFCHR | 0600, 1, 3);
        foreach (['fifo', 'directory', 'socket', 'device'] as $name) {
            $expected["sess_$name"] = 'other kind';
        }
        file_put_contents($path('sess_one'), $data);
        link($path('sess_one'), $path('sess_two'));
        // Both are one file.
        $expected['sess_one'] = 'several names';
        file_put_contents($path('sess_foreign'), $data);
        chown($path('sess_foreign'), 'nobody');
        $expected['sess_foreign'] = 'other owner';
        $huge = fopen($path('sess_huge'), 'w');
        ftruncate($huge, 10 << 30);
        $expected['sess_huge'] = 'too large';
        foreach (['sess_', 'sess_a b', "sess_a\nb", 'sess_caf\u{e9}', "sess_\xff", 'sess_a.bak', 'sess_..', 'notes.txt', 'SESS_a'] as $name) {
            file_put_contents($path($name), $data);
            $expected[$name] = 'not a session';
        }

        return $expected;
    }

    public function testEmptyFilesGo(): void
    {
        touch($this->file('empty'));
        $import = $this->import();
        self::assertSame([0, 1, 1], [$import->status, $import->end['empty'], $import->end['removed']]);
        self::assertSame([], $this->files());
    }

    public function testExpiredFilesAreLeftUnlessTheyAreToGo(): void
    {
        [$id] = $this->writeFiles(1);
        touch($this->file($id), time() - self::LIFETIME);
        $import = $this->import();
        self::assertSame([1, ['expired' => 1]], [$import->status, $import->end['left']]);
        self::assertMatchesRegularExpression('/^[0-9a-f]{12}$/', $import->left[0]['session']);
        self::assertFileExists($this->file($id));
        $import = $this->import(['--remove-ended']);
        self::assertSame([0, 1], [$import->status, $import->end['ended']]);
        self::assertSame([], $this->files());
    }

    /**
     * @testWith [[]]
     *           [["--overwrite"]]
     */
    public function testKilledAgainAndAgainItComesToTheSameEnd(array $arguments): void
    {
        $count = self::isTorture() ? self::SESSIONS : 3000;
        $ids = $this->writeFiles($count);
        $before = $this->openFiles($ids);
        $kills = 0;
        for ($left = $count; $left > $count / 10; $left = \count($this->files())) {
            $import = $this->startImport($arguments);
            $until = random_int(intdiv($left, 2), $left - 1);
            Wait::until(
                fn (): bool => \count($this->files()) <= $until || !$import->isRunning(),
                'it does not go on',
                120,
            );
            $kills += $import->isRunning() ? 1 : 0;
            $import->signal(SIGKILL);
            $import->finish();
        }
        self::assertGreaterThan(0, $kills);
        $last = $this->import($arguments);
        self::assertSame('', $last->errors);
        self::assertSame(0, $last->status, $last->output);
        self::assertSame([], $this->files());
        self::assertSame($before, $this->openHere($ids));
    }

    public function testDaemonThatIsKilledLosesNothingThatIsGone(): void
    {
        $ids = $this->writeFiles(3000);
        $before = $this->openFiles($ids);
        $import = $this->startImport();
        Wait::until(fn (): bool => \count($this->files()) < 2500 || !$import->isRunning(), 'it does not go on', 120);
        self::$daemon->crash();
        $ended = $import->finish();
        self::assertContains($ended->status, [0, 2], $ended->output . $ended->errors);
        $last = $this->import();
        self::assertSame(0, $last->status, $last->output);
        self::assertSame([], $this->files());
        self::assertSame($before, $this->openHere($ids));
    }

    public function testInterruptedItEndsTheBatchAndGoesOnNextTime(): void
    {
        $ids = $this->writeFiles(3000);
        $before = $this->openFiles($ids);
        $import = $this->startImport(['--overwrite']);
        Wait::until(fn (): bool => \count($this->files()) < 2900 || !$import->isRunning(), 'it does not go on', 120);
        $import->signal(SIGINT);
        $ended = $import->finish();
        self::assertSame(130, $ended->status, $ended->output . $ended->errors);
        self::assertTrue($ended->end['interrupted']);
        self::assertCount(3000 - $ended->end['removed'], $this->files());
        self::assertSame(0, $this->import()->status);
        self::assertSame($before, $this->openHere($ids));
    }

    public function testDirectoriesInDirectories(): void
    {
        $ids = $this->writeFiles(200, depth: 2);
        $before = $this->openFiles($ids, depth: 2);
        file_put_contents("$this->store/sess_shallow", 'x|i:1;');
        file_put_contents("$this->store/a/b/sess_cdef", 'x|i:1;');
        mkdir("$this->store/long");
        symlink($this->store, "$this->store/Z");
        $import = $this->import([], "2;$this->store");
        self::assertSame(['link' => 1, 'other kind' => 1, 'wrong place' => 2], $import->end['left']);
        self::assertSame(200, $import->end['imported']);
        self::assertSame($before, $this->openHere($ids));
    }

    public function testAnotherNameAndPool(): void
    {
        [$id] = $this->writeFiles(1);
        self::assertSame(0, $this->import(['--name', 'shop', '--pool', 'second'])->status);
        self::assertSame([], $this->openHere([$id]), 'it is of another name and another pool');
        $script = "session_name('shop'); session_id('$id'); session_start(); echo \$_SESSION['number'];";
        $environment = ['CLOAKROOM_POOL' => 'second'];
        self::assertSame(0, $this->php($script, $environment)->value());

        $unknown = $this->import(['--pool', 'third']);
        self::assertSame(1, $unknown->status);
        self::assertStringContainsString('has no pool', $unknown->errors);
    }
}
