<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\FpmRequest;
use Cloakroom\Tests\Support\FpmTestCase;
use Cloakroom\Tests\Support\Load;
use Cloakroom\Tests\Support\Nginx;
use Cloakroom\Tests\Support\Php;
use Cloakroom\Tests\Support\Wait;

/** Many requests to PHP-FPM that want one session. */
final class QueueTest extends FpmTestCase
{
    private const WORKERS = 8;
    private const COUNT = 'session_start(); echo $_SESSION["count"] = ($_SESSION["count"] ?? 0) + 1;';
    /** Notes its process before it asks for the session. */
    private const NOTE = <<<'PHP'
        $note = __DIR__ . '/state/pid' . $_GET['number'];
        file_put_contents("$note.new", (string) getmypid());
        rename("$note.new", $note);
        session_start();

        PHP;
    private const LOOK = <<<'PHP'
        echo json_encode([session_id(), $_SESSION]);
        $_SESSION['mine'] = 'new';
        PHP;

    private ?Nginx $nginx = null;

    protected function tearDown(): void
    {
        $this->nginx?->remove();
        $this->nginx = null;
        parent::tearDown();
    }

    public function testNoIncrementIsLost(): void
    {
        $this->fpm(self::WORKERS)->page('count.php', self::COUNT);
        $this->nginx = new Nginx($this->fpm);
        $id = $this->stored('count|i:0;');
        $load = new Load($this->nginx, [$id], 16, 200);
        $load->finish();
        $counts = $load->counts[$id];
        sort($counts);

        self::assertSame([], $load->failures);
        self::assertSame(range(1, 3200), $counts);
        self::assertSame('count|i:3200;', $this->handler()->read($id));
    }

    public function testWaitersAreServedInOrderOfArrival(): void
    {
        $id = $this->stored('served|a:0:{}');
        $fpm = $this->fpm(self::WORKERS);
        $fpm->page('serve.php', self::NOTE . '$_SESSION["served"][] = getmypid();');
        $holder = $this->holder($id);
        $requests = $pids = [];
        for ($number = 1; $number <= self::WORKERS; ++$number) {
            $requests[] = $fpm->send('serve.php', "number=$number", $id);
            $pids[] = $pid = $this->waiter($number);
            // The next one comes only when this one is in the queue.
            self::$daemon->awaitWaiter($pid);
        }
        $holder->proceed();
        $holder->finish();
        foreach ($requests as $request) {
            self::assertSame('', $request->answer()->body);
        }

        self::assertSame('served|' . serialize($pids), $this->handler()->read($id));
    }

    /** @dataProvider destroyers */
    public function testSessionThatIsDestroyedWhileTenWaitForItStaysDestroyed(bool $byHolder): void
    {
        $id = $this->stored('secret|s:4:"text";');
        $fpm = $this->fpm(5);
        $fpm->page('look.php', self::NOTE . self::LOOK);
        $holder = $this->holder($id, $byHolder ? 'session_destroy();' : '$_SESSION["late"] = 1;');
        $reader = $this->start(
            "session_id('$id'); Cloakroom\SessionHandler::readOnly(); session_start(); echo \"read\n\"; fgets(STDIN);"
            . 'session_write_close(); session_start(); echo json_encode([session_id(), $_SESSION]);',
        );
        self::assertSame('read', $reader->line());
        [$requests, $processes, $pids] = $this->fiveAndFive($id);
        array_walk($pids, static fn (int $pid) => Wait::forAnswer($pid));
        Wait::until(fn (): bool => \count(self::$daemon->waiting()) === 10, 'ten do not wait');
        if (!$byHolder) {
            $this->handler()->destroy($id);
        }
        $holder->proceed();
        $errors = $holder->finish()->errors;
        $reader->proceed();

        $seen = array_map(fn (FpmRequest $request) => json_decode($request->answer()->body), $requests);
        foreach ([...$processes, $reader] as $process) {
            $seen[] = $process->finish()->value();
        }
        self::assertCount(11, $seen);
        foreach ($seen as [$other, $session]) {
            self::assertSame([], $session);
            self::assertNotSame($id, $other);
        }
        self::assertFalse($this->handler()->validateId($id));
        $byHolder ? self::assertSame('', $errors) : self::assertStringContainsString('Cloakroom: gone:', $errors);
    }

    /** @return iterable<string, array{bool}> */
    public function destroyers(): iterable
    {
        yield 'by the request that holds it' => [true];
        yield 'by one that does not' => [false];
    }

    /**
     * Requests to PHP-FPM and processes that wait, in turn.
     *
     * @return array{list<FpmRequest>, list<Php>, list<int>} with their process ids
     */
    private function fiveAndFive(string $id): array
    {
        $requests = $processes = $pids = [];
        for ($number = 1; $number <= 5; ++$number) {
            $requests[] = $this->fpm->send('look.php', "number=$number", $id);
            $pids[] = $this->waiter($number);
            $processes[] = $process = $this->start(
                "session_id('$id'); file_put_contents('pid$number', getmypid());"
                . "rename('pid$number', 'waits$number'); session_start();" . self::LOOK,
            );
            $pids[] = $this->noted("{$this->directory->path}/waits$number");
        }

        return [$requests, $processes, $pids];
    }

    /** A process that has the session, and does something with it at the end. */
    private function holder(string $id, string $end = ''): Php
    {
        $holder = $this->start("session_id('$id'); session_start(); echo \"locked\n\"; fgets(STDIN); $end");
        self::assertSame('locked', $holder->line());

        return $holder;
    }

    /** The process of a request that is about to ask for its session. */
    private function waiter(int $number): int
    {
        return $this->noted("{$this->fpm->directory}/state/pid$number");
    }

    private function noted(string $file): int
    {
        Wait::until(fn (): bool => file_exists($file), "no $file");

        return (int) file_get_contents($file);
    }
}
