<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests;

use Cloakroom\Tests\Support\Daemon;
use Cloakroom\Tests\Support\DaemonTestCase;

/** How long sessions last. The clock of the daemon is moved, so that nobody waits. */
final class ClockTest extends DaemonTestCase
{
    private const READ = <<<'PHP'
        session_id($_SERVER['SESSION']);
        session_start(['read_and_close' => true]);
        echo json_encode($_SESSION);
        PHP;

    public static function setUpBeforeClass(): void
    {
        self::$daemon = new Daemon(movable: true);
    }

    public function testSessionOf24MinutesEndsWhenTheyHavePassed(): void
    {
        $kept = $this->stored('user|s:5:"alice";');
        self::$daemon->advance(1400);
        self::assertSame(['user' => 'alice'], $this->sessionOf($kept));
        $lost = $this->stored('user|s:3:"bob";');
        self::$daemon->advance(1441);
        self::assertSame([], $this->sessionOf($lost));
        self::assertSame([], $this->sessionOf($kept));
    }

    public function testSessionThatIsUsedLastsOn(): void
    {
        $id = $this->stored('user|s:5:"alice";');
        for ($hour = 0; $hour < 3; ++$hour) {
            foreach ([1400, 1400, 800] as $seconds) {
                self::$daemon->advance($seconds);
                $page = 'session_id($_SERVER["SESSION"]); session_start(); echo json_encode($_SESSION);';
                self::assertSame(['user' => 'alice'], $this->php($page, ['SESSION' => $id])->value());
            }
        }
    }

    public function testTimeGoesOnAcrossARestart(): void
    {
        $id = $this->stored('user|s:5:"alice";');
        self::$daemon->advance(1400);
        self::$daemon->restart();
        self::assertSame(['user' => 'alice'], $this->sessionOf($id));
        self::$daemon->advance(41);
        self::assertSame([], $this->sessionOf($id));
    }

    private function sessionOf(string $id): array
    {
        return $this->php(self::READ, ['SESSION' => $id])->value();
    }
}
