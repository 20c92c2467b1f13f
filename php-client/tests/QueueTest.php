<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests;

use Cloakroom\Tests\Support\DaemonTestCase;
use Cloakroom\Tests\Support\Php;

/** Many processes that want one session. */
final class QueueTest extends DaemonTestCase
{
    private const PROCESSES = 16;
    private const INCREMENTS = 200;

    public function testNoIncrementIsLost(): void
    {
        $id = $this->stored('n|i:0;');
        $script = "\$id = '$id'; \$increments = " . self::INCREMENTS . ';' . <<<'PHP'
            for ($i = 0; $i < $increments; ++$i) {
                session_id($id);
                session_start();
                ++$_SESSION['n'];
                session_write_close();
            }
            PHP;
        $processes = array_map(fn (): Php => $this->start($script), range(1, self::PROCESSES));
        foreach ($processes as $process) {
            self::assertSame('', $process->finish()->errors);
        }

        self::assertSame('n|i:' . self::PROCESSES * self::INCREMENTS . ';', $this->handler()->read($id));
    }

    public function testWaitersAreServedInOrderOfArrival(): void
    {
        $id = $this->stored('served|a:0:{}');
        $script = "session_id('$id'); echo getmypid(), \"\n\"; session_start(); \$_SESSION['served'][] = getmypid();";
        $holder = $this->start("session_id('$id'); session_start(); echo \"locked\n\"; fgets(STDIN);");
        $holder->line();
        $processes = $pids = [];
        for ($i = 0; $i < 10; ++$i) {
            $processes[] = $process = $this->start($script);
            $pids[] = $pid = (int) $process->line();
            // The next one comes only when this one is in the queue.
            self::$daemon->awaitWaiter($pid);
        }
        $holder->proceed();
        self::assertSame('', $holder->finish()->errors);
        foreach ($processes as $process) {
            self::assertSame('', $process->finish()->errors);
        }

        self::assertSame('served|' . serialize($pids), $this->handler()->read($id));
    }
}
