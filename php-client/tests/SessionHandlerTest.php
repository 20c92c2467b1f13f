<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests;

use Cloakroom\SessionHandler;
use Cloakroom\Tests\Support\Daemon;
use Cloakroom\Tests\Support\DaemonTestCase;

/** The handler's methods, called as PHP calls them. */
final class SessionHandlerTest extends DaemonTestCase
{
    private const LIMIT = 2_000_000;
    protected const CONFIGURATION = "[limits]\nsession_size = " . self::LIMIT . "\n";

    /** @dataProvider contents */
    public function testWhatIsWrittenIsRead(string $data): void
    {
        $id = $this->stored($data);
        $handler = $this->handler();

        self::assertTrue($handler->validateId($id));
        self::assertTrue($handler->read($id) === $data);
        self::assertTrue($handler->close());
    }

    /** @return iterable<string, array{string}> */
    public function contents(): iterable
    {
        yield 'empty' => [''];
        yield 'one byte' => ['x'];
        yield 'NUL' => ["\0"];
        yield 'NUL within' => ["a\0b\0"];
        yield 'every byte' => [pack('C*', ...range(0, 255))];
        yield 'around the first read of an answer' => [random_bytes(8192 - 13)];
        yield 'one more' => [random_bytes(8192 - 12)];
        yield 'the most that is copied' => [random_bytes(65536)];
        yield 'the least that is not copied' => [random_bytes(65537)];
        yield '1 MiB' => [random_bytes(1 << 20)];
        yield 'just under the limit' => [random_bytes(self::LIMIT - 1)];
        yield 'the limit' => [random_bytes(self::LIMIT)];
    }

    public function testMoreThanTheLimitIsRefusedAndTheConnectionGoesOn(): void
    {
        $id = $this->stored('before');
        $handler = $this->handler();
        $handler->read($id);
        [$result, $warnings] = self::warningsOf(fn () => $handler->write($id, str_repeat('x', self::LIMIT + 1)));

        self::assertFalse($result);
        self::assertSame(
            ['Cloakroom: session data too large: the session has 2000001 bytes, and the limit is 2000000 bytes'],
            $warnings,
        );
        self::assertSame('before', $this->handler()->read($id), 'the lock was given back');
        $handler->close();
        self::assertTrue($handler->open('', 'PHPSESSID'));
    }

    public function testUnknownIdIsNotValidAndReadsAsEmpty(): void
    {
        $handler = $this->handler();

        self::assertFalse($handler->validateId('unknown'));
        self::assertSame('', $handler->read('unknown'));
        $handler->close();
    }

    /** @dataProvider impossibleIds */
    public function testImpossibleIdIsNotValidAndCannotBeRead(string $id): void
    {
        $handler = $this->handler();

        self::assertFalse($handler->validateId($id));
        self::assertSame(
            [false, ['Cloakroom: bad session id: an id has 1 to 256 characters of A-Z a-z 0-9 , -']],
            self::warningsOf(fn () => $handler->read($id)),
        );
        self::assertFalse(self::warningsOf(fn () => $handler->destroy($id))[0]);
    }

    /** @return list<array{string}> */
    public function impossibleIds(): array
    {
        return [[''], ['a/b'], ["a\0"], ["a\n"], ['ä'], [str_repeat('a', 257)], [str_repeat('a', 70_000)]];
    }

    public function testLongestIdAndNameAreTaken(): void
    {
        $handler = $this->handler();
        $id = str_repeat('a', 256);
        self::assertTrue($handler->open('', str_repeat('n', 255)));
        self::assertSame('', $handler->read($id));
        self::assertTrue($handler->write($id, 'x'));
        self::assertFalse(self::warningsOf(fn () => $handler->open('', str_repeat('n', 256)))[0]);
    }

    public function testSessionsOfAnotherNameAreOthers(): void
    {
        $id = $this->stored('x');
        $handler = $this->handler();
        $handler->open('', 'OTHER');

        self::assertFalse($handler->validateId($id));
    }

    public function testNewSessionIsStoredEvenWhenItIsEmpty(): void
    {
        self::assertTrue($this->handler()->validateId($this->stored('')));
    }

    public function testUnchangedSessionIsUnlockedByItsWrite(): void
    {
        $id = $this->stored('same');
        $holder = $this->handler();
        $holder->read($id);
        self::assertTrue($holder->write($id, 'same'));

        self::assertSame('same', $this->handler()->read($id));
    }

    public function testUnchangedWriteDoesNotMakeAnotherVersion(): void
    {
        $id = $this->stored('same');
        $first = $this->handler();
        $first->read($id);
        // Both have read the same version: the one that wrote the same again must not have changed it.
        self::$daemon->restart();
        $second = $this->handler();
        $second->read($id);
        $second->write($id, 'same');

        self::assertTrue($first->write($id, 'changed'));
        self::assertSame('changed', $this->handler()->read($id));
    }

    public function testUpdateTimestampStoresWhatHasChanged(): void
    {
        $id = $this->stored('a');
        $handler = $this->handler();
        $handler->read($id);

        self::assertTrue($handler->updateTimestamp($id, 'b'));
        self::assertSame('b', $this->handler()->read($id));
    }

    public function testASessionCanBeWrittenTwice(): void
    {
        $handler = $this->handler();
        $handler->read('twice');

        self::assertTrue($handler->write('twice', 'a'));
        self::assertTrue($handler->write('twice', 'b'));
        self::assertSame('b', $this->handler()->read('twice'));
    }

    public function testSessionIsWrittenOverADaemonThatWasRestarted(): void
    {
        $id = $this->stored('a');
        $handler = $this->handler();
        $handler->read($id);
        self::$daemon->restart();

        self::assertTrue($handler->write($id, 'b'));
        self::assertSame('b', $this->handler()->read($id));
    }

    public function testUnchangedSessionIsTouchedOverADaemonThatWasRestarted(): void
    {
        $id = $this->stored('a');
        $handler = $this->handler();
        $handler->read($id);
        self::$daemon->restart();

        self::assertTrue($handler->write($id, 'a'));
        self::assertSame('a', $this->handler()->read($id));
    }

    public function testLargeSessionIsWrittenOverADaemonThatWasRestarted(): void
    {
        $data = random_bytes(self::LIMIT);
        $id = $this->stored('a');
        $handler = $this->handler();
        $handler->read($id);
        self::$daemon->restart();

        self::assertTrue($handler->write($id, $data));
        self::assertTrue($this->handler()->read($id) === $data);
    }

    public function testLockThatWasTakenOverADaemonThatWasRestartedIsGivenBack(): void
    {
        $id = $this->stored('a');
        $handler = $this->handler();
        $handler->read($id);
        self::$daemon->restart();
        $handler->read($id);
        $handler->close();

        self::assertSame('a', $this->handler()->read($id));
    }

    public function testConflictIsRefused(): void
    {
        $id = $this->stored('a');
        $late = $this->handler();
        $late->read($id);
        // With the daemon the lock goes: another request can write meanwhile.
        self::$daemon->restart();
        $other = $this->handler();
        $other->read($id);
        $other->write($id, 'other');
        [$result, $warnings] = self::warningsOf(fn () => $late->write($id, 'late'));

        self::assertFalse($result);
        self::assertMatchesRegularExpression('/^Cloakroom: conflict: .+ \(9\)$/', implode("\n", $warnings));
        self::assertSame('other', $this->handler()->read($id));
    }

    public function testDestroyedSessionIsNotWrittenAgain(): void
    {
        $id = $this->stored('a');
        $late = $this->handler();
        $late->read($id);
        self::assertTrue($this->handler()->destroy($id));
        [$result, $warnings] = self::warningsOf(fn () => $late->write($id, 'late'));

        self::assertFalse($result);
        self::assertMatchesRegularExpression('/^Cloakroom: gone: .+ \(10\)$/', implode("\n", $warnings));
        self::assertFalse($this->handler()->validateId($id));
    }

    public function testDestroyOfASessionThatIsGoneSaysSo(): void
    {
        $id = $this->stored('a');
        $late = $this->handler();
        $late->read($id);
        $this->handler()->destroy($id);
        [$result, $warnings] = self::warningsOf(fn () => $late->destroy($id));

        self::assertFalse($result);
        self::assertStringContainsString('Cloakroom: gone: another request has destroyed', implode("\n", $warnings));
    }

    public function testDestroyOfAnUnknownSessionIsNoError(): void
    {
        self::assertTrue($this->handler()->destroy('unknown'));
    }

    public function testLockTimesOutWithinTheTimeOfTheRequest(): void
    {
        $id = $this->stored('a');
        $holder = $this->handler();
        $holder->read($id);
        $waiting = $this->handler();
        $started = hrtime(true);
        ini_set('max_execution_time', '1');
        try {
            [$valid, $noWarnings] = self::warningsOf(fn () => $waiting->validateId($id));
            [$result, $warnings] = self::warningsOf(fn () => $waiting->read($id));
        } finally {
            ini_set('max_execution_time', '0');
        }

        self::assertTrue($valid, 'PHP must not make a new session in place of one that is locked');
        self::assertSame([], $noWarnings);
        self::assertFalse($result);
        self::assertMatchesRegularExpression('/^Cloakroom: lock timed out: .+ \(7\)$/', implode("\n", $warnings));
        self::assertLessThan(2.5, (hrtime(true) - $started) / 1e9, 'read must not wait once more');
        self::assertTrue($holder->write($id, 'b'));
        self::assertSame('b', $waiting->read($id), 'the connection goes on');
    }

    public function testOneWaiterTooManyIsRefused(): void
    {
        $daemon = new Daemon("[limits]\nwaiters = 0\n");
        try {
            [$holder, $waiting] = [new SessionHandler($daemon->alias()), new SessionHandler($daemon->alias())];
            $holder->open('', 'PHPSESSID');
            $waiting->open('', 'PHPSESSID');
            $holder->read('busy');
            [$result, $warnings] = self::warningsOf(fn () => $waiting->read('busy'));
        } finally {
            $daemon->remove();
        }

        self::assertFalse($result);
        self::assertMatchesRegularExpression('/^Cloakroom: too many waiters: .+ \(8\)$/', implode("\n", $warnings));
    }

    public function testFullPoolRefusesNewSessionsAndWritesOthers(): void
    {
        $daemon = new Daemon("[limits]\nsessions = 1\n");
        try {
            $handler = new SessionHandler($daemon->alias());
            $handler->open('', 'PHPSESSID');
            $handler->read('first');
            self::assertTrue($handler->write('first', 'a'));
            $handler->read('second');
            [$result, $warnings] = self::warningsOf(fn () => $handler->write('second', 'b'));
            $handler->read('first');
            self::assertTrue($handler->write('first', 'c'), 'on the same connection');
        } finally {
            $daemon->remove();
        }

        self::assertFalse($result);
        self::assertMatchesRegularExpression('/^Cloakroom: pool full: .+ \(18\)$/', implode("\n", $warnings));
    }

    public function testOneConnectionTooManyIsRefused(): void
    {
        $daemon = new Daemon("[limits]\nconnections = 1\n");
        try {
            [$first, $second] = [new SessionHandler($daemon->alias()), new SessionHandler($daemon->alias())];
            $first->open('', 'PHPSESSID');
            $second->open('', 'PHPSESSID');
            self::assertSame('', $first->read('first'));
            [$result, $warnings] = self::warningsOf(fn () => $second->read('second'));
            self::assertTrue($first->write('first', 'a'));
        } finally {
            $daemon->remove();
        }

        self::assertFalse($result);
        self::assertMatchesRegularExpression('/^Cloakroom: too many connections: .+ \(17\)$/', implode("\n", $warnings));
    }

    public function testASessionThatWasNotReadIsNotWritten(): void
    {
        $id = $this->stored('a');
        $handler = $this->handler();
        $refusal = [false, ['Cloakroom: a session that was not read is not written']];

        self::assertSame($refusal, self::warningsOf(fn () => $handler->write($id, '')));
        $handler->validateId($id);
        self::assertSame($refusal, self::warningsOf(fn () => $handler->write($id, '')), 'validated, and not read');
        self::assertSame('a', $this->handler()->read($id));
    }

    public function testCollisionCheckKeepsTheLock(): void
    {
        $id = $this->stored('a');
        $taken = $this->stored('taken');
        $handler = $this->handler();
        $handler->validateId($id);
        $handler->read($id);

        self::assertTrue($handler->validateId($taken));
        self::assertFalse($handler->validateId('free'));
        self::assertTrue($handler->write($id, 'b'));
        self::assertSame('b', $this->handler()->read($id));
    }

    public function testWithoutOpenNothingIsAsked(): void
    {
        $handler = new SessionHandler('/nonexistent');

        self::assertTrue($handler->validateId('any'));
        self::assertTrue($handler->updateTimestamp('any', 'x'));
        self::assertNotSame('', $handler->create_sid());
        self::assertTrue($handler->close());
        self::assertFalse($handler->wasOpened());
    }

    public function testAfterCloseNothingIsAsked(): void
    {
        $handler = $this->handler();
        $handler->close();

        self::assertTrue($handler->validateId('unknown'));
        self::assertTrue($handler->updateTimestamp('unknown', 'x'));
    }

    public function testGcAnswersANumber(): void
    {
        self::assertSame(0, $this->handler()->gc(1440));
        self::assertSame(0, $this->handler()->gc(PHP_INT_MAX));
        self::assertSame(0, $this->handler()->gc(-1));
    }

    /** @dataProvider throwingCalls */
    public function testErrorHandlerThatThrowsLeavesNoLock(callable $call): void
    {
        $id = $this->stored('a');
        $handler = $this->handler();
        $handler->read($id);
        set_error_handler(static fn (int $level, string $message) => throw new \ErrorException($message));
        try {
            $call($handler, $id);
            self::fail('no warning');
        } catch (\ErrorException $exception) {
            self::assertStringStartsWith('Cloakroom: ', $exception->getMessage());
        } finally {
            restore_error_handler();
        }

        self::assertSame('a', $this->handler()->read($id), 'another request gets the session at once');
    }

    /** @return iterable<string, array{callable(SessionHandler, string): mixed}> */
    public function throwingCalls(): iterable
    {
        yield 'write' => [fn ($handler, $id) => $handler->write($id, str_repeat('x', self::LIMIT + 1))];
        yield 'write of another' => [fn ($handler, $id) => $handler->write('other', 'x')];
        yield 'read' => [fn ($handler, $id) => $handler->read('no/id')];
        yield 'destroy' => [fn ($handler, $id) => $handler->destroy('no/id')];
        yield 'open' => [fn ($handler, $id) => $handler->close() && $handler->open('', '')];
    }

    public function testPrintedHandlerShowsNoSecrets(): void
    {
        $id = $this->stored('secret contents');
        $handler = $this->handler();
        $handler->read($id);
        ob_start();
        var_dump($handler);
        $printed = print_r($handler, true) . ob_get_clean();

        self::assertStringContainsString('[locked] => 1', $printed);
        self::assertStringNotContainsString($id, $printed);
        self::assertStringNotContainsString('secret', $printed);
        $this->expectException(\LogicException::class);
        serialize($handler);
    }
}
