<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests;

use Cloakroom\SessionHandler;
use Cloakroom\Tests\Support\DaemonTestCase;
use Cloakroom\Tests\Support\Php;

/** Sessions that are read without their lock, and not written. */
final class ReadOnlyTest extends DaemonTestCase
{
    private const READ_ONLY = 'Cloakroom\SessionHandler::readOnly();';

    /**
     * The one who holds the session goes on only after the other has it, so that waiting for it would fail.
     *
     * @dataProvider ways
     *
     * @param array<string, string> $environment
     */
    public function testSessionIsReadWhileAnotherRequestHoldsIt(string $way, array $environment): void
    {
        $id = $this->stored('n|i:1;');
        $holder = $this->holder($id);
        $outcome = $this->php("session_id('$id'); $way echo json_encode([\$_SESSION, session_id()]);", $environment);
        $held = $this->release($holder);

        self::assertSame([['n' => 1], $id], $outcome->value(), $outcome->errors);
        self::assertSame('', $outcome->errors);
        self::assertSame('', $held);
        self::assertSame('n|i:2;', $this->handler()->read($id));
    }

    /** @return iterable<string, array{string, array<string, string>}> */
    public function ways(): iterable
    {
        $start = 'session_start();';
        yield 'static call' => [self::READ_ONLY . $start, []];
        yield 'constructor' => [
            "session_set_save_handler(new Cloakroom\SessionHandler(readOnly: true), false); $start",
            [],
        ];
        foreach (['1', 'on', 'Yes', 'true'] as $word) {
            yield "environment, $word" => [$start, ['CLOAKROOM_READ_ONLY' => $word]];
        }
        yield 'and closed at once' => [self::READ_ONLY . 'session_start(["read_and_close" => true]);', []];
        yield 'and read once more' => [self::READ_ONLY . "$start session_reset();", []];
        yield 'with lazy_write' => [self::READ_ONLY . 'ini_set("session.lazy_write", "1");' . $start, []];
    }

    /** @dataProvider refusals */
    public function testNothingIsChangedOrLost(string $change, bool $result, string $warning): void
    {
        $id = $this->stored('n|i:1;');
        $outcome = $this->php(
            "session_id('$id');" . self::READ_ONLY . "session_start(); echo json_encode($change);",
        );

        self::assertSame($result, $outcome->value());
        self::assertStringContainsString("Cloakroom: the session was opened read-only, and $warning", $outcome->errors);
        self::assertSame(1, substr_count($outcome->errors, 'Cloakroom:'), $outcome->errors);
        self::assertSame('n|i:1;', $this->handler()->read($id));
    }

    /** @return iterable<string, array{string, bool, string}> */
    public function refusals(): iterable
    {
        $change = '(function () { $_SESSION["n"] = 2; return session_write_close(); })()';
        // PHP says true, as with its own handlers, and warns.
        yield 'changed' => [$change, true, 'what has changed in it is not saved'];
        yield 'changed, and saved at the end' => ['(bool) ($_SESSION["n"] = 2)', true, 'what has changed in it is not'];
        yield 'emptied' => ['session_unset()', true, 'what has changed in it is not saved'];
        yield 'destroyed' => ['session_destroy()', false, 'is not destroyed'];
        yield 'a new id' => ['session_regenerate_id()', false, 'gets no new id'];
        yield 'a new id, and the old session deleted' => ['session_regenerate_id(true)', false, 'is not destroyed'];
    }

    public function testNewIdIsNotSentToTheVisitor(): void
    {
        $id = $this->stored('n|i:1;');
        $outcome = $this->php(
            "session_id('$id');" . self::READ_ONLY . <<<'PHP'
                session_start();
                @session_regenerate_id();
                $status = session_status();
                session_start();
                $_SESSION['n'] = 2;
                echo json_encode([$status, session_id()]);
                PHP,
        );

        self::assertSame([PHP_SESSION_NONE, $id], $outcome->value(), $outcome->errors);
        self::assertSame('', $outcome->errors);
        self::assertSame('n|i:2;', $this->handler()->read($id), 'the next session is one to write');
    }

    public function testStaticCallIsForOneSession(): void
    {
        $id = $this->stored('n|i:1;');
        $outcome = $this->php("session_id('$id');" . self::READ_ONLY . <<<'PHP'
            session_start();
            session_write_close();
            session_start();
            $_SESSION['n'] = 2;
            PHP);

        self::assertSame('', $outcome->errors);
        self::assertSame('n|i:2;', $this->handler()->read($id));
    }

    public function testStaticCallSwitchesItOffToo(): void
    {
        $id = $this->stored('n|i:1;');
        $outcome = $this->php(
            "session_id('$id'); Cloakroom\SessionHandler::readOnly(false); session_start(); \$_SESSION['n'] = 2;",
            ['CLOAKROOM_READ_ONLY' => '1'],
        );

        self::assertSame('', $outcome->errors);
        self::assertSame('n|i:2;', $this->handler()->read($id));
    }

    /** @dataProvider wordsThatMeanNo */
    public function testOtherWordsInTheEnvironmentMeanNo(string $word): void
    {
        $id = $this->stored('n|i:1;');
        $this->php("session_id('$id'); session_start(); \$_SESSION['n'] = 2;", ['CLOAKROOM_READ_ONLY' => $word]);

        self::assertSame('n|i:2;', $this->handler()->read($id));
    }

    /** @return list<array{string}> */
    public function wordsThatMeanNo(): array
    {
        return [[''], ['0'], ['off'], ['no'], ['false']];
    }

    public function testStaticCallInASessionIsRefused(): void
    {
        $id = $this->stored('n|i:1;');
        $outcome = $this->php(
            "session_id('$id'); session_start();" . self::READ_ONLY . 'session_reset(); $_SESSION["n"] = 2;',
        );

        self::assertStringContainsString('Cloakroom: readOnly() is for the next session', $outcome->errors);
        self::assertSame('n|i:2;', $this->handler()->read($id), 'this session has its lock, and is saved');
    }

    public function testUnknownIdIsNotTakenUp(): void
    {
        $outcome = $this->php(
            'session_id("planted");' . self::READ_ONLY . 'session_start(); echo json_encode(session_id());',
        );

        self::assertNotSame('planted', $outcome->value());
        self::assertSame('', $outcome->errors, 'a session that is new and left empty is not an error');
        self::assertFalse($this->handler()->validateId($outcome->value()), 'nor stored');
    }

    public function testReadingKeepsTheSessionAlive(): void
    {
        $outcome = $this->php(<<<'PHP'
            ini_set('session.gc_maxlifetime', '2');
            session_start();
            $_SESSION['n'] = 1;
            session_write_close();
            ini_set('session.gc_maxlifetime', '100');
            Cloakroom\SessionHandler::readOnly();
            session_start();
            session_write_close();
            // Longer than the first lifetime, however the seconds are rounded.
            usleep(4_100_000);
            $_SESSION = [];
            session_start();
            echo json_encode($_SESSION);
            PHP);

        self::assertSame(['n' => 1], $outcome->value());
        self::assertSame('', $outcome->errors);
    }

    public function testHandlerHoldsNoLock(): void
    {
        $id = $this->stored('a');
        $reader = new SessionHandler(self::$daemon->alias(), true);
        $reader->open('', 'PHPSESSID');
        self::assertTrue($reader->validateId($id));
        self::assertSame('a', $reader->read($id));
        $writer = $this->handler();

        self::assertSame('a', $writer->read($id));
        self::assertTrue($writer->write($id, 'b'));
        self::assertTrue($reader->write($id, 'a'), 'nothing changed here');
        self::assertSame('b', $this->handler()->read($id));
    }

    /** A torn session would have one version's number with the other's body. */
    public function testSnapshotIsOfOneVersionWhileOthersWrite(): void
    {
        $id = $this->stored('n|i:0;body|s:0:"";');
        $stop = $this->directory->path . '/stop';
        $writers = array_map(fn (): Php => $this->start("\$id = '$id'; \$stop = '$stop';" . <<<'PHP'
            while (!file_exists($stop)) {
                session_id($id);
                session_start();
                $n = ++$_SESSION['n'];
                $_SESSION['body'] = str_repeat(chr(65 + $n % 26), $n * 7919 % 150_000);
                session_write_close();
            }
            PHP), range(1, 3));
        $readers = array_map(fn (): Php => $this->start("\$id = '$id';" . <<<'PHP'
            $last = 0;
            $seen = [];
            for ($i = 0; $i < 400 || count($seen) < 20; ++$i) {
                session_id($id);
                Cloakroom\SessionHandler::readOnly();
                session_start();
                ['n' => $n, 'body' => $body] = $_SESSION;
                session_abort();
                if ($n < $last || $body !== str_repeat(chr(65 + $n % 26), $n * 7919 % 150_000)) {
                    exit("torn: after $last came $n with " . strlen($body) . ' bytes');
                }
                $seen[$last = $n] = true;
            }
            echo 'whole';
            PHP), range(1, 3));
        $outcomes = array_map(fn (Php $reader) => $reader->finish(), $readers);
        touch($stop);
        foreach ($writers as $writer) {
            self::assertSame('', $writer->finish()->errors);
        }
        foreach ($outcomes as $outcome) {
            self::assertSame('whole', $outcome->output, $outcome->errors);
            self::assertSame('', $outcome->errors);
        }
    }

    /** A process that has the session and has not saved its change. */
    private function holder(string $id): Php
    {
        $holder = $this->start(
            "session_id('$id'); session_start(); \$_SESSION['n'] = 2; echo \"locked\n\"; fgets(STDIN);",
        );
        self::assertSame('locked', $holder->line());

        return $holder;
    }

    private function release(Php $holder): string
    {
        $holder->proceed();

        return $holder->finish()->errors;
    }
}
