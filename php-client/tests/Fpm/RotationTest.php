<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\FpmTestCase;
use Cloakroom\Tests\Support\Load;
use Cloakroom\Tests\Support\Nginx;
use Cloakroom\Tests\Support\Wait;

/** The master key is replaced while a site is busy: no request fails, and nobody is logged out. */
class RotationTest extends FpmTestCase
{
    private const WORKERS = 8;
    private const CLIENTS = 6;
    /** Sessions that the clients use all the time. */
    private const BUSY = 32;
    private const DATA = 'user|s:5:"alice";count|i:0;';
    private const COUNT = 'session_start(); echo $_SESSION["count"] = ($_SESSION["count"] ?? 0) + 1;';

    private ?Nginx $nginx = null;

    protected function tearDown(): void
    {
        $this->nginx?->remove();
        $this->nginx = null;
        parent::tearDown();
    }

    public function testNoRequestFailsAndNobodyIsLoggedOut(): void
    {
        $total = self::isTorture() ? 100_000 : 5_000;
        $idle = $this->storedMany($total - self::BUSY);
        $busy = array_map(fn (): string => $this->stored(self::DATA), range(1, self::BUSY));
        $fpm = $this->fpm(self::WORKERS);
        $fpm->page('count.php', self::COUNT);
        $this->nginx = new Nginx($fpm);

        $load = new Load($this->nginx, $busy, self::CLIENTS);
        try {
            $this->awaitRequests($load, 100);
            $old = $this->keys()[0];
            self::assertSame([$total, true], [$old['records'], $old['addressKey']]);
            self::$daemon->control('keys', 'add');
            $this->awaitRequests($load, 100);
            $before = $load->requests();
            $started = hrtime(true);
            $lines = self::$daemon->control('keys', 'rotate');
            $seconds = (hrtime(true) - $started) / 1e9;
            $meanwhile = $load->requests() - $before;
            $end = end($lines);
            self::assertSame(['rotation', 'complete'], [$end['reply'], $end['outcome']]);
            $keys = array_column($this->keys(), 'records', 'id');
            self::assertSame([$end['key'] => $total, $old['id'] => 0], $keys);
            self::$daemon->control('keys', 'retire', $old['id']);
            $this->awaitRequests($load, 100);
        } finally {
            $load->stop();
        }

        $lost = $requests = 0;
        foreach ($load->counts as $counts) {
            $requests += \count($counts);
            $lost += \count(array_diff(range(1, \count($counts)), $counts));
        }
        // Nothing that the daemon still had in memory helps.
        self::$daemon->restart();
        $loggedOut = $this->loggedOut($idle);
        foreach ($load->counts as $id => $counts) {
            $data = 'user|s:5:"alice";count|i:' . \count($counts) . ';';
            $loggedOut += $this->readHere($id) === $data ? 0 : 1;
        }
        fprintf(
            STDERR,
            "\n%d sessions, %d of them sealed anew within %.1f s; %d requests, %d of them meanwhile: %d failed, %d "
                . "increments lost, %d sessions logged out; the longest request took %.2f s\n",
            $total,
            $end['resealed'],
            $seconds,
            $requests,
            $meanwhile,
            \count($load->failures),
            $lost,
            $loggedOut,
            $load->longest,
        );
        self::assertSame([], $load->failures);
        self::assertSame(0, $lost);
        self::assertSame(0, $loggedOut);
        self::assertSame([$end['key']], array_column($this->keys(), 'id'));
    }

    /** @return list<array<string, mixed>> */
    private function keys(): array
    {
        return self::$daemon->control('keys', 'list')[0]['pools'][0]['keys'];
    }

    /** @return list<string> the ids of so many new sessions */
    private function storedMany(int $count): array
    {
        $handler = $this->handler();
        $ids = [];
        for ($i = 0; $i < $count; ++$i) {
            $ids[] = $id = $handler->create_sid();
            $handler->read($id);
            self::assertTrue($handler->write($id, self::DATA));
        }
        $handler->close();

        return $ids;
    }

    /** @param list<string> $ids */
    private function loggedOut(array $ids): int
    {
        $handler = $this->handler();
        $loggedOut = \count(array_filter($ids, fn (string $id): bool => $handler->read($id) !== self::DATA));
        $handler->close();

        return $loggedOut;
    }

    /** Waits until the clients have done some more. */
    private function awaitRequests(Load $load, int $more): void
    {
        $enough = $load->requests() + $more;
        Wait::until(fn (): bool => $load->requests() >= $enough, 'the clients do not go on', 60);
    }
}
