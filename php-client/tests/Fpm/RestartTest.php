<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\Daemon;
use Cloakroom\Tests\Support\Fpm;
use Cloakroom\Tests\Support\FpmTestCase;
use Cloakroom\Tests\Support\Nginx;
use Cloakroom\Tests\Support\Php;
use Cloakroom\Tests\Support\Wait;

/** The daemon is restarted while a site behind nginx is busy; its socket, as with systemd, stays. */
final class RestartTest extends FpmTestCase
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
        self::$daemon = new Daemon(activated: true);
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
        $restarts = getenv('CLOAKROOM_TORTURE') === 'full' ? 20 : 3;
        $fpm = $this->fpm(self::WORKERS);
        $fpm->page('count.php', self::COUNT);
        $this->nginx = new Nginx($fpm);
        $sessions = array_map(fn (): string => $this->stored('count|i:0;'), range(1, self::SESSIONS));
        $clients = array_map(fn (int $number): Php => $this->client($number, $sessions), range(1, self::CLIENTS));
        $down = [];
        try {
            for ($i = 0; $i < $restarts; ++$i) {
                $this->awaitRequests();
                $started = hrtime(true);
                self::$daemon->restart();
                $down[] = (hrtime(true) - $started) / 1e9;
            }
            $this->awaitRequests();
        } finally {
            $fpm->makeFile('stop');
            $results = array_map(fn (Php $client) => $client->finish()->value(), $clients);
        }

        $failures = array_merge(...array_column($results, 'failures'));
        $lost = $total = 0;
        foreach ($sessions as $id) {
            $counts = array_merge(...array_map(fn (array $result): array => $result['counts'][$id], $results));
            $total += \count($counts);
            $lost += \count(array_diff(range(1, \count($counts)), $counts));
            self::assertSame('count|i:' . \count($counts) . ';', $this->handler()->read($id));
        }
        fprintf(
            STDERR,
            "\n%d restarts under load, the daemon ended within %.2f s: %d requests, %d failed, %d increments lost; "
                . "the longest request took %.2f s\n",
            $restarts,
            max($down),
            $total,
            \count($failures),
            $lost,
            max(array_column($results, 'longest')),
        );
        self::assertSame([], $failures);
        self::assertSame(0, $lost);
    }

    /** @param list<string> $sessions */
    private function client(int $number, array $sessions): Php
    {
        return new Php(
            $this->directory->path,
            (string) preg_replace('/^<\?php/', '', (string) file_get_contents(__DIR__ . '/../Support/LoadClient.php')),
            [
                'SOCKET' => $this->nginx->socket,
                'STOP' => $this->state('stop'),
                'PROGRESS' => $this->state("progress$number"),
                'SESSIONS' => implode(' ', $sessions),
            ],
            ['auto_prepend_file' => ''],
        );
    }

    /** Waits until the clients have done some more. */
    private function awaitRequests(): void
    {
        $enough = $this->requests() + self::REQUESTS_BETWEEN;
        Wait::until(fn (): bool => $this->requests() >= $enough, 'the clients do not go on', 60);
    }

    private function requests(): int
    {
        return array_sum(array_map(
            fn (int $number): int => (int) @file_get_contents($this->state("progress$number")),
            range(1, self::CLIENTS),
        ));
    }

    private function state(string $file): string
    {
        return $this->fpm->directory . "/state/$file";
    }
}
