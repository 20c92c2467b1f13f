<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests;

use Cloakroom\Tests\Support\Daemon;
use Cloakroom\Tests\Support\DaemonTestCase;
use Cloakroom\Tests\Support\Php;
use Cloakroom\Tests\Support\Wait;

/** Writes that PHP does not wait for, with a daemon that offers that. */
final class DeferredTest extends DaemonTestCase
{
    protected const CONFIGURATION = <<<'TOML'
        [sessions]
        acknowledge = "deferred"
        [limits]
        session_size = 200000
        TOML;
    /** Starts a session, waits for a line, changes and writes the session, and says so. */
    private const PAGE = <<<'PHP'
        session_id(ID);
        session_start();
        echo getmypid(), "\n";
        fgets(STDIN);
        $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;
        $_SESSION['data'] = str_repeat('x', SIZE);
        $written = session_write_close();
        touch('written');
        echo "written\n";
        fgets(STDIN);
        echo json_encode($written);
        PHP;

    public function testWriteIsNotWaitedFor(): void
    {
        $id = $this->stored('n|i:1;');
        $page = $this->page($id);
        $page->line();
        self::$daemon->pause();
        try {
            $page->proceed();
            self::assertSame('written', $page->line());
        } finally {
            self::$daemon->signal(SIGCONT);
        }
        $page->proceed();
        $outcome = $page->finish();

        self::assertTrue($outcome->value());
        self::assertSame('', $outcome->errors);
        self::assertStringStartsWith('n|i:2;', $this->contents($id));
    }

    /** @dataProvider awaited */
    public function testWriteIsWaitedFor(string $configuration, string $stored, int $size): void
    {
        $before = self::$daemon;
        self::$daemon = new Daemon($configuration);
        try {
            $id = $stored === '' ? $this->handler()->create_sid() : $this->stored($stored);
            $page = $this->page($id, $size);
            $pid = (int) $page->line();
            self::$daemon->pause();
            try {
                $page->proceed();
                // For the daemon, and not for the next line: it has not said that it has written.
                Wait::forAnswer($pid);
                self::assertFileDoesNotExist($this->directory->path . '/written');
            } finally {
                self::$daemon->signal(SIGCONT);
            }
            self::assertSame('written', $page->line());
            $page->proceed();
            self::assertTrue($page->finish()->value());
        } finally {
            self::$daemon->remove();
            self::$daemon = $before;
        }
    }

    /** @return iterable<string, array{string, string, int}> */
    public function awaited(): iterable
    {
        $deferred = "[sessions]\nacknowledge = \"deferred\"\n";
        yield 'not configured' => ['', 'n|i:1;', 10];
        yield 'new session' => [$deferred, '', 10];
        yield 'large session' => [$deferred, 'n|i:1;', 100_000];
        yield 'pool is full' => [$deferred . "[limits]\nsessions = 1\n", 'n|i:1;', 10];
    }

    public function testFullPoolIsReportedAtOnce(): void
    {
        $before = self::$daemon;
        self::$daemon = new Daemon("[sessions]\nacknowledge = \"deferred\"\n[limits]\nsessions = 1\n");
        try {
            $this->stored('n|i:1;');
            $outcome = $this->php('session_start(); $_SESSION["n"] = 1;');
        } finally {
            self::$daemon->remove();
            self::$daemon = $before;
        }

        self::assertStringContainsString('Cloakroom: pool full: ', $outcome->errors);
    }

    public function testNoIncrementIsLost(): void
    {
        $id = $this->stored('n|i:0;');
        $increment = <<<PHP
            for (\$i = 0; \$i < 50; ++\$i) {
                session_id('$id');
                session_start();
                ++\$_SESSION['n'];
                session_write_close();
                \$_SESSION = [];
            }
            PHP;
        $processes = array_map(fn (): Php => $this->start($increment), range(1, 8));
        foreach ($processes as $process) {
            self::assertSame('', $process->finish()->errors);
        }

        self::assertSame('n|i:400;', $this->contents($id));
    }

    public function testWriteAtTheEndOfAProcessIsStored(): void
    {
        $id = $this->stored('n|i:0;');
        for ($i = 1; $i <= 10; ++$i) {
            self::assertSame('', $this->php("session_id('$id'); session_start(); ++\$_SESSION['n'];")->errors);
            self::assertSame("n|i:$i;", $this->contents($id));
        }
    }

    public function testRefusalIsReportedByTheNextUseOfTheConnection(): void
    {
        [$id, $other] = [$this->stored('n|i:1;'), $this->stored('n|i:7;')];
        $process = $this->start(<<<PHP
            session_id('$id');
            session_start();
            echo "started\\n";
            fgets(STDIN);
            \$_SESSION['n'] = 2;
            \$written = session_write_close();
            session_id('$other');
            \$started = session_start();
            echo json_encode([\$written, \$started, \$_SESSION, session_id()]);
            PHP);
        $process->line();
        self::assertTrue($this->handler()->destroy($id));
        $process->proceed();
        $outcome = $process->finish();

        self::assertSame([true, true, ['n' => 7], $other], $outcome->value(), $outcome->errors);
        self::assertMatchesRegularExpression(
            '/Cloakroom: an earlier write of this worker was not stored: gone: cloakroomd says: .+ \(10\)/',
            $outcome->errors,
        );
        self::assertSame(1, substr_count($outcome->errors, 'Cloakroom:'), $outcome->errors);
        self::assertStringNotContainsString($id, $outcome->errors);
    }

    public function testErrorHandlerThatThrowsAtTheReportLeavesNoLock(): void
    {
        [$id, $other] = [$this->stored('n|i:1;'), $this->stored('n|i:7;')];
        $process = $this->start(<<<PHP
            set_error_handler(static fn (int \$level, string \$message) => throw new ErrorException(\$message));
            session_id('$id');
            session_start();
            echo "started\\n";
            fgets(STDIN);
            \$_SESSION['n'] = 2;
            session_write_close();
            session_id('$other');
            try {
                session_start();
            } catch (ErrorException \$exception) {
                echo \$exception->getMessage(), "\\n";
            }
            fgets(STDIN);
            session_id('$other');
            session_start();
            echo json_encode(\$_SESSION);
            PHP);
        $process->line();
        self::assertTrue($this->handler()->destroy($id));
        $process->proceed();
        self::assertStringContainsString('Cloakroom: an earlier write of this worker', $process->line());
        // It lives, and holds nothing.
        self::assertSame('n|i:7;', $this->contents($other));
        $process->proceed();

        self::assertSame(['n' => 7], $process->finish()->value());
    }

    public function testSeveralRefusalsAreReportedTogether(): void
    {
        $id = $this->stored('data');
        $handler = $this->handler();
        self::assertSame('data', $handler->read($id));
        self::assertTrue($this->handler()->destroy($id));
        self::assertTrue($handler->write($id, 'changed'));
        self::assertTrue($handler->write($id, 'changed once more'));
        [$collected, $warnings] = self::warningsOf(static fn () => $handler->gc(1440));

        self::assertSame(0, $collected);
        self::assertCount(1, $warnings);
        self::assertSame(2, substr_count($warnings[0], 'gone: cloakroomd says: '), $warnings[0]);
    }

    public function testDestroyedSessionGetsNoNewId(): void
    {
        $id = $this->stored('n|i:1;');
        $process = $this->start(<<<PHP
            session_id('$id');
            session_start();
            // Not echo: output would send the headers.
            fwrite(STDOUT, "started\n");
            fgets(STDIN);
            \$_SESSION['n'] = 2;
            echo json_encode(session_regenerate_id());
            PHP);
        $process->line();
        self::assertTrue($this->handler()->destroy($id));
        $process->proceed();
        $outcome = $process->finish();

        self::assertFalse($outcome->value());
        self::assertStringContainsString('Cloakroom: gone: ', $outcome->errors);
    }

    public function testSecondWriteOfASessionComparesVersions(): void
    {
        $id = $this->stored('0');
        $handler = $this->handler();
        self::assertSame('0', $handler->read($id));
        self::assertTrue($handler->write($id, '1'));
        self::assertTrue($handler->write($id, '2'));
        self::assertTrue($handler->write($id, '2'), 'a touch');
        self::assertTrue($handler->write($id, '3'));
        // Its answer comes when all that was sent before has been carried out.
        self::assertNotFalse($handler->gc(1440));
        $other = $this->handler();
        self::assertSame('3', $other->read($id));
        self::assertTrue($other->write($id, 'other'));
        self::assertSame('other', $this->contents($id));
        self::assertTrue($handler->write($id, '4'));
        [$read, $warnings] = self::warningsOf(static fn () => $handler->read($id));

        self::assertSame('other', $read);
        self::assertCount(1, $warnings);
        self::assertStringStartsWith('Cloakroom: an earlier write of this worker was not stored: conflict: ', $warnings[0]);
    }

    public function testConnectionThatIsGoneBeforeTheWriteIsNotSeen(): void
    {
        $id = $this->stored('0');
        $handler = $this->handler();
        self::assertSame('0', $handler->read($id));
        self::$daemon->crash();
        self::assertTrue($handler->write($id, '1'));
        self::assertSame('1', $this->contents($id));
    }

    public function testDaemonThatIsGoneBeforeTheWriteIsReported(): void
    {
        $id = $this->stored('0');
        $handler = $this->handler();
        self::assertSame('0', $handler->read($id));
        self::$daemon->stop(SIGKILL);
        try {
            [$written, $warnings] = self::warningsOf(static fn () => $handler->write($id, '1'));
        } finally {
            self::$daemon->start();
        }

        self::assertFalse($written);
        self::assertStringContainsString('cannot be reached', $warnings[0]);
    }

    /** What a session has, once its lock is free. */
    private function contents(string $id): string
    {
        $handler = $this->handler();
        $contents = (string) $handler->read($id);
        $handler->close();

        return $contents;
    }

    private function page(string $id, int $size = 10): Php
    {
        return $this->start("const ID = '$id', SIZE = $size;\n" . self::PAGE);
    }
}
