<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\Fpm;
use Cloakroom\Tests\Support\FpmTestCase;

/** Read-only sessions under PHP-FPM: chosen by the page or by the web server, for one request. */
final class ReadOnlyTest extends FpmTestCase
{
    /**
     * The holder goes on only after the reader's answer, so a reader that waits is never answered in time.
     *
     * @dataProvider choices
     *
     * @param array<string, string> $parameters
     */
    public function testReaderIsAnsweredWhileAnotherRequestHoldsTheSession(string $query, array $parameters): void
    {
        $fpm = $this->site(2);
        $id = $fpm->get('count.php')->cookie;
        $holder = $fpm->send('hold.php', '', $id);
        $fpm->awaitFile('locked');
        $answer = $fpm->send('count.php', "look&$query", $id, $parameters)->answer();
        $fpm->makeFile('go');

        self::assertSame('1', $answer->body, 'what was written last');
        self::assertSame('2', $holder->answer()->body);
        self::assertSame('3', $fpm->get('count.php', '', $id)->body);
    }

    /** @return iterable<string, array{string, array<string, string>}> */
    public function choices(): iterable
    {
        yield 'page' => ['readOnly', []];
        yield 'web server' => ['', ['CLOAKROOM_READ_ONLY' => '1']];
    }

    /**
     * @dataProvider choices
     *
     * @param array<string, string> $parameters
     */
    public function testNextRequestOfTheWorkerMayWrite(string $query, array $parameters): void
    {
        $fpm = $this->site(1);
        $id = $fpm->get('count.php')->cookie;
        for ($i = 1; $i <= 3; ++$i) {
            $answer = $fpm->send('count.php', $query, $id, $parameters)->answer();
            self::assertStringContainsString('opened read-only, and what has changed in it is not saved', $answer->body);
            self::assertSame((string) ($i + 1), $fpm->get('count.php', '', $id)->body);
        }
        // A choice that no session_start() has taken up is not left to the next request either.
        $fpm->page('choose.php', 'Cloakroom\SessionHandler::readOnly(); echo "chosen";');
        self::assertSame('chosen', $fpm->get('choose.php')->body);
        self::assertSame('5', $fpm->get('count.php', '', $id)->body);
    }

    private function site(int $workers): Fpm
    {
        $fpm = $this->fpm($workers);
        $fpm->page('count.php', <<<'PHP'
            isset($_GET['readOnly']) && Cloakroom\SessionHandler::readOnly();
            session_start();
            isset($_GET['look']) || $_SESSION['count'] = ($_SESSION['count'] ?? 0) + 1;
            echo $_SESSION['count'];
            PHP);
        $fpm->page('hold.php', <<<'PHP'
            session_start();
            echo ++$_SESSION['count'];
            touch('state/locked');
            for ($end = hrtime(true) + 10e9; !file_exists('state/go') && hrtime(true) < $end;) {
                usleep(1000);
            }
            PHP);

        return $fpm;
    }
}
