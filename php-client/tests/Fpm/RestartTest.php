<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\Daemon;
use Cloakroom\Tests\Support\Fpm;
use Cloakroom\Tests\Support\FpmTestCase;
use Cloakroom\Tests\Support\Load;
use Cloakroom\Tests\Support\Nginx;
use Cloakroom\Tests\Support\Wait;

/** The daemon is restarted while a site behind nginx is busy; its socket, as with systemd, stays. */
class RestartTest extends FpmTestCase
{
    private const WORKERS = 8;
    private const CLIENTS = 6;
    private const SESSIONS = 4;
    /** What the clients must have done between two restarts. */
    private const REQUESTS_BETWEEN = 50;
    private const COUNT = 'session_start(); echo $_SESSION["count"] = ($_SESSION["count"] ?? 0) + 1;';

    private ?Nginx $nginx = null;

    public static function setUpBeforeClass(): void
    {
        self::$daemon = new Daemon(static::CONFIGURATION, activated: true);
    }

    protected function tearDown(): void
    {
        $this->nginx?->remove();
        $this->nginx = null;
        parent::tearDown();
    }

    protected function onNotSuccessfulTest(\Throwable $throwable): void
    {
        fwrite(STDERR, "\nnginx's log: " . $this->nginx?->log());
        parent::onNotSuccessfulTest($throwable);
    }

    public function testNoRequestFailsAndNoIncrementIsLost(): void
    {
        $restarts = self::isTorture() ? 20 : 3;
        $fpm = $this->fpm(self::WORKERS);
        $fpm->page('count.php', self::COUNT);
        $this->nginx = new Nginx($fpm);
        $sessions = array_map(fn (): string => $this->stored('count|i:0;'), range(1, self::SESSIONS));
        $load = new Load($this->nginx, $sessions, self::CLIENTS);
        $ended = [];
        try {
            for ($i = 0; $i < $restarts; ++$i) {
                $this->awaitRequests($load);
                $started = hrtime(true);
                self::$daemon->restart();
                $ended[] = (hrtime(true) - $started) / 1e9;
            }
            $this->awaitRequests($load);
        } finally {
            $load->stop();
        }

        $lost = $total = 0;
        foreach ($load->counts as $id => $counts) {
            $total += \count($counts);
            $lost += \count(array_diff(range(1, \count($counts)), $counts));
            self::assertSame('count|i:' . \count($counts) . ';', $this->handler()->read($id));
        }
        fprintf(
            STDERR,
            "\n%d restarts under load, the daemon ended within %.2f s: %d requests, %d failed, %d increments lost; "
                . "the longest request took %.2f s\n",
            $restarts,
            max($ended),
            $total,
            \count($load->failures),
            $lost,
            $load->longest,
        );
        self::assertSame([], $load->failures);
        self::assertSame(0, $lost);
    }

    /** Waits until the clients have done some more. */
    private function awaitRequests(Load $load): void
    {
        $enough = $load->requests() + self::REQUESTS_BETWEEN;
        Wait::until(fn (): bool => $load->requests() >= $enough, 'the clients do not go on', 60);
    }
}
