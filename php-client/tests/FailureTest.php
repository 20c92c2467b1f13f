<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests;

use Cloakroom\Tests\Support\DaemonTestCase;
use Cloakroom\Tests\Support\DropIn;
use Cloakroom\Tests\Support\Outcome;
use Cloakroom\Tests\Support\Php;

/** What a page sees when its session cannot be had. */
final class FailureTest extends DaemonTestCase
{
    private const PAGE = <<<'PHP'
        session_id('abcdefghijklmnop');
        $started = session_start();
        $_SESSION['secret'] = 'plain text';
        $status = session_status();
        session_write_close();
        echo json_encode([$started, $status, 'the page goes on']);
        PHP;
    private const FAILED = [false, PHP_SESSION_NONE, 'the page goes on'];

    public function testMissingSocketFailsAtOnceAndNothingIsWritten(): void
    {
        $socket = $this->directory->path . '/no.sock';
        $outcome = $this->php(self::PAGE, ['CLOAKROOM_SOCKET' => $socket]);

        self::assertSame(self::FAILED, $outcome->value());
        self::assertStringContainsString(
            "Cloakroom: cloakroomd cannot be reached at $socket: No such file or directory",
            $outcome->errors,
        );
        self::assertStringContainsString('session_start(): Failed to read session data: user', $outcome->errors);
        self::assertSame(1, substr_count($outcome->errors, 'Cloakroom:'), 'one warning, not one for each call');
        self::assertLessThan(2, $outcome->seconds);
        self::assertNothingWritten();
    }

    public function testMissingSocketFailsWithoutAnIdToo(): void
    {
        $outcome = $this->php(
            'ini_set("session.lazy_write", "1"); echo json_encode(session_start());',
            ['CLOAKROOM_SOCKET' => '/nonexistent/no.sock'],
        );

        self::assertFalse($outcome->value());
    }

    /** @dataProvider uselessPaths */
    public function testUselessPathIsNamed(string $path, string $reason): void
    {
        $outcome = $this->php(self::PAGE, ['CLOAKROOM_SOCKET' => $path]);

        self::assertSame(self::FAILED, $outcome->value());
        self::assertStringContainsString("cannot be reached at $path: $reason", $outcome->errors);
    }

    /** @return iterable<string, array{string, string}> */
    public function uselessPaths(): iterable
    {
        yield 'too long' => ['/tmp/' . str_repeat('x', 103), 'the path of a socket has 1 to 107 bytes'];
        yield 'no socket' => [__FILE__, 'Connection refused'];
        yield 'a directory' => [__DIR__, 'Connection refused'];
    }

    public function testSocketWithoutPermissionIsNamed(): void
    {
        chmod(self::$daemon->socket, 0600);
        try {
            $outcome = $this->asNobody(self::PAGE);
        } finally {
            chmod(self::$daemon->socket, 0666);
        }

        self::assertSame(self::FAILED, $outcome->value());
        self::assertStringContainsString('Permission denied', $outcome->errors);
    }

    public function testUserWhomTheDaemonRefusesIsTold(): void
    {
        $outcome = $this->asNobody(self::PAGE);

        self::assertSame(self::FAILED, $outcome->value());
        self::assertMatchesRegularExpression('/Cloakroom: refused: cloakroomd says: .+ \(14\)/', $outcome->errors);
    }

    public function testDaemonThatHangsIsGivenUp(): void
    {
        self::$daemon->signal(SIGSTOP);
        try {
            $outcome = $this->php(self::PAGE);
        } finally {
            self::$daemon->signal(SIGCONT);
        }

        self::assertSame(self::FAILED, $outcome->value());
        self::assertStringContainsString('no answer within 5 seconds', $outcome->errors);
        self::assertLessThan(8, $outcome->seconds);
    }

    public function testWorkerRecoversWhenTheDaemonIsBack(): void
    {
        $process = $this->start(<<<'PHP'
            $visits = [];
            $id = '';
            foreach (['up', 'down', 'up'] as $state) {
                session_id($id);
                $started = @session_start();
                $id = $id ?: session_id();
                $_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
                session_write_close();
                $visits[] = $started ? $_SESSION['visits'] : $started;
                $_SESSION = [];
                echo "next\n";
                fgets(STDIN);
            }
            echo json_encode($visits);
            PHP);
        $process->line();
        self::$daemon->stop();
        $process->proceed();
        $process->line();
        self::$daemon->start();
        $process->proceed();
        $process->line();
        $process->proceed();

        self::assertSame([1, false, 2], $process->finish()->value());
    }

    public function testCrashBetweenReadAndWriteIsNotSeen(): void
    {
        $process = $this->start(<<<'PHP'
            session_start();
            $_SESSION['n'] = 1;
            echo "started\n";
            fgets(STDIN);
            $written = session_write_close();
            $_SESSION = [];
            session_start();
            echo json_encode([$written, $_SESSION['n'] ?? null]);
            PHP);
        $process->line();
        self::$daemon->crash();
        $process->proceed();
        $outcome = $process->finish();

        self::assertSame([true, 1], $outcome->value(), $outcome->errors);
        self::assertSame('', $outcome->errors);
    }

    public function testDaemonGoneBeforeTheWriteIsReported(): void
    {
        $process = $this->start(<<<'PHP'
            session_start();
            $_SESSION['n'] = 1;
            echo "started\n";
            fgets(STDIN);
            session_write_close();
            echo json_encode('the page goes on');
            PHP);
        $process->line();
        self::$daemon->stop(SIGKILL);
        $process->proceed();
        $outcome = $process->finish();
        self::$daemon->start();

        self::assertSame('the page goes on', $outcome->value());
        self::assertStringContainsString('cannot be reached', $outcome->errors);
        self::assertStringContainsString('session_write_close(): Failed to write session data', $outcome->errors);
        self::assertNothingWritten();
    }

    public function testErrorHandlerThatThrowsEndsOnlyThisRequest(): void
    {
        $id = $this->stored('n|i:1;');
        $holder = $this->start('session_id("' . $id . '"); session_start(); echo "locked\n"; fgets(STDIN);');
        $holder->line();
        $outcome = $this->php(<<<PHP
            set_error_handler(static fn (int \$level, string \$message) => throw new ErrorException(\$message));
            ini_set('max_execution_time', '1');
            session_id('$id');
            try {
                session_start();
            } catch (ErrorException \$exception) {
                echo json_encode([\$exception->getMessage(), session_status()]);
            }
            PHP);
        $holder->proceed();
        $held = $holder->finish();

        self::assertStringStartsWith('Cloakroom: lock timed out', $outcome->value()[0]);
        self::assertSame(PHP_SESSION_NONE, $outcome->value()[1]);
        self::assertSame('', $held->errors);
        self::assertSame('n|i:1;', $this->handler()->read($id));
    }

    public function testFailureThatEndsInAnErrorHandlersExitLeavesNoLock(): void
    {
        $id = $this->stored('n|i:1;');
        $outcome = $this->php(<<<PHP
            set_error_handler(static fn () => exit);
            session_id('$id');
            session_start();
            \$_SESSION['big'] = str_repeat('x', 5_000_000);
            session_write_close();
            echo 'not reached';
            PHP);

        self::assertSame('', $outcome->output);
        self::assertSame('n|i:1;', $this->handler()->read($id));
    }

    public function testKilledProcessLeavesNoLock(): void
    {
        $id = $this->stored('n|i:1;');
        $process = $this->start("session_id('$id'); session_start(); echo \"locked\n\"; fgets(STDIN);");
        $process->line();
        $process->signal(SIGKILL);
        $process->finish();

        self::assertSame('n|i:1;', $this->handler()->read($id));
    }

    public function testForkedChildDoesNotUseTheConnectionOfItsParent(): void
    {
        $outcome = $this->php(<<<'PHP'
            function sockets(): array
            {
                return preg_grep('/^socket/', array_map(fn ($fd) => (string) @readlink($fd), glob('/proc/self/fd/*')));
            }
            // Those that this process was started with.
            $others = sockets();
            session_start();
            $_SESSION['n'] = 1;
            $child = pcntl_fork();
            if ($child === 0) {
                session_gc();
                file_put_contents('child', serialize(array_diff(sockets(), $others)));
                session_abort();
                exit;
            }
            pcntl_waitpid($child, $status);
            session_write_close();
            $_SESSION = [];
            session_start();
            $ofChild = unserialize(file_get_contents('child'));
            echo json_encode([$_SESSION, count($ofChild), count(array_intersect($ofChild, sockets()))]);
            PHP);

        self::assertSame([['n' => 1], 1, 0], $outcome->value(), $outcome->errors);
        self::assertSame('', $outcome->errors);
    }

    public function testWriteOfAForkedChildIsNotTakenForThatOfItsParent(): void
    {
        $outcome = $this->php(<<<'PHP'
            session_start();
            [$ours, $theirs] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
            $child = pcntl_fork();
            $_SESSION['n'] = $child === 0 ? 'child' : 'parent';
            if ($child === 0) {
                // When the parent has written, and given back the lock.
                fread($theirs, 1);
                exit;
            }
            session_write_close();
            fwrite($ours, '.');
            pcntl_waitpid($child, $status);
            session_start();
            echo json_encode($_SESSION['n']);
            PHP);

        self::assertSame('parent', $outcome->value(), $outcome->errors);
        self::assertStringContainsString('Cloakroom: conflict: ', $outcome->errors);
    }

    /** Runs a script as a user who is not in the daemon's list. */
    private function asNobody(string $script): Outcome
    {
        $process = new Php(
            $this->directory->path,
            $script,
            ['CLOAKROOM_SOCKET' => self::$daemon->socket],
            // The drop-in may be where only root can read it.
            ['auto_prepend_file' => $this->copyOfTheDropIn()],
            ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
        );

        return $process->finish();
    }

    private function copyOfTheDropIn(): string
    {
        $copy = $this->directory->path . '/php-client';
        DropIn::copyTo($copy);

        return "$copy/prepend.php";
    }

    private function assertNothingWritten(): void
    {
        $files = new \RecursiveIteratorIterator(
            new \RecursiveDirectoryIterator($this->directory->path, \FilesystemIterator::SKIP_DOTS),
        );
        foreach ($files as $file) {
            self::assertMatchesRegularExpression('/^php\w+(\.errors)?$/D', $file->getFilename());
            if (!str_ends_with($file->getFilename(), '.errors')) {
                self::assertStringStartsWith('<?php', (string) file_get_contents($file->getPathname()));
            }
        }
    }
}
