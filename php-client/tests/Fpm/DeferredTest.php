<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\FpmRequest;
use Cloakroom\Tests\Support\FpmTestCase;

/** Writes that PHP-FPM's workers do not wait for. */
final class DeferredTest extends FpmTestCase
{
    protected const CONFIGURATION = "[sessions]\nacknowledge = \"deferred\"\n";
    private const COUNT = 'session_start(); echo $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1;';
    /** Changes its session when it is told to. */
    private const SLOW = <<<'PHP'
        session_start();
        touch('state/locked');
        while (!file_exists('state/go')) {
            usleep(1000);
        }
        $_SESSION['n'] = 100;
        PHP;

    public function testRefusalIsReportedByTheNextRequestOfTheWorker(): void
    {
        [$id, $other] = [$this->stored('n|i:1;'), $this->stored('n|i:7;')];
        $fpm = $this->fpm(1);
        $fpm->page('slow.php', self::SLOW);
        $fpm->page('count.php', self::COUNT);
        $slow = $fpm->send('slow.php', '', $id);
        $fpm->awaitFile('locked');
        self::assertTrue($this->handler()->destroy($id));
        $fpm->makeFile('go');
        self::assertSame('', $slow->answer()->body);
        $next = $fpm->get('count.php', '', $other)->body;

        self::assertStringContainsString('Cloakroom: an earlier write of this worker was not stored: gone: ', $next);
        self::assertStringEndsWith("\n8", $next);
        self::assertStringNotContainsString($id, $next);
        self::assertSame('9', $fpm->get('count.php', '', $other)->body, 'it is reported once');
    }

    public function testNoIncrementOfEightWorkersIsLost(): void
    {
        $id = $this->stored('n|i:0;');
        $fpm = $this->fpm(8);
        $fpm->page('count.php', self::COUNT);
        $counts = [];
        for ($round = 0; $round < 10; ++$round) {
            $requests = array_map(fn (): FpmRequest => $fpm->send('count.php', '', $id), range(1, 8));
            foreach ($requests as $request) {
                $counts[] = (int) $request->answer()->body;
            }
        }
        sort($counts);

        self::assertSame(range(1, 80), $counts);
    }
}
