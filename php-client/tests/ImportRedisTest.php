<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests;

use Cloakroom\Tests\Support\Import;
use Cloakroom\Tests\Support\ImportTestCase;
use Cloakroom\Tests\Support\Redis;
use Cloakroom\Tests\Support\Secrets;
use Cloakroom\Tests\Support\Wait;

/** Sessions that phpredis kept in a real Redis, after `cloakroomctl import redis`. */
final class ImportRedisTest extends ImportTestCase
{
    private const PREFIX = 'PHPREDIS_SESSION:';

    private Redis $redis;

    protected function setUp(): void
    {
        parent::setUp();
        $this->redis = new Redis($this->directory->path);
    }

    protected function tearDown(): void
    {
        $this->redis->stop();
        parent::tearDown();
    }

    /** @param list<string> $arguments */
    private function startRedisImport(array $arguments = [], ?string $url = null, ?string $password = null): Import
    {
        $url ??= "unix://{$this->redis->socket}";
        $environment = ['REDISCLI_AUTH' => $password ?? Redis::PASSWORD];

        return new Import(self::$daemon, $this->directory->path, ['redis', $url, '--lifetime', '14400', ...$arguments], $environment);
    }

    /** @param list<string> $arguments */
    private function importRedis(array $arguments = [], ?string $url = null, ?string $password = null): Import
    {
        return $this->startRedisImport($arguments, $url, $password)->finish();
    }

    public function testEverySessionOpensWithItsContentsAndItsAge(): void
    {
        $settings = $this->redis->settings();
        $ids = $this->writeSessions(1000, $settings);
        $before = $this->open($ids, $settings);
        self::assertCount(1000, array_unique($before));
        foreach ($ids as $number => $id) {
            // Used an hour ago, or now, or it never expires.
            match ($number % 3) {
                0 => $this->redis->ask('EXPIRE', self::PREFIX . $id, '10800'),
                1 => null,
                2 => $this->redis->ask('PERSIST', self::PREFIX . $id),
            };
        }
        $others = $this->makeOtherKeys();

        $dry = $this->importRedis(['--dry-run']);
        self::assertSame([1000, 0], [$dry->end['importable'], $dry->end['removed']]);
        $import = $this->importRedis();
        self::assertSame('', $import->errors);
        self::assertSame([1000, 1000], [$import->end['imported'], $import->end['removed']]);
        self::assertSame(['not a session' => 1, 'other kind' => 1, 'too large' => 1], $import->end['left']);
        self::assertSame(1, $import->status);
        Secrets::expectNoneIn($import->output, "cloakroomctl's output");
        self::assertStringNotContainsString(Redis::PASSWORD, $import->output . self::$daemon->log());
        $keys = array_keys($others);
        sort($keys);
        self::assertSame($keys, $this->redis->keys());
        foreach (array_filter($others) as $key => $value) {
            self::assertSame($value, $this->redis->ask('GET', $key));
        }

        self::$daemon->crash();
        self::assertSame($before, $this->openHere($ids));
        self::$daemon->advance(11000);
        $left = array_filter($ids, static fn (int $number): bool => $number % 3 > 0, ARRAY_FILTER_USE_KEY);
        self::assertSame(array_intersect_key($before, array_flip($left)), $this->openHere($ids));
    }

    /** @return array<string, string|null> keys that are not to be touched, and their values */
    private function makeOtherKeys(): array
    {
        $others = [
            'cache:x' => 'y',
            'PHPREDIS_SESSIO' => 'y',
            self::PREFIX . 'no session!' => 'y',
            self::PREFIX . 'large' => str_repeat('x', 1_048_577),
        ];
        foreach ($others as $key => $value) {
            $this->redis->ask('SET', $key, $value);
        }
        $this->redis->ask('HSET', self::PREFIX . 'hash', 'a', 'b');

        return $others + [self::PREFIX . 'hash' => null];
    }

    public function testSessionThatARequestHasLockedIsLeftUntilItIsFree(): void
    {
        $settings = ['redis.session.locking_enabled' => '1'] + $this->redis->settings();
        [$id] = $this->writeSessions(1, $settings);
        $php = $this->start("session_id('$id'); session_start(); \$_SESSION['more'] = 1; fwrite(STDOUT, \"open\\n\"); fgets(STDIN);", [], $settings);
        self::assertSame('open', $php->line());
        $import = $this->importRedis();
        self::assertSame([1, ['in use' => 1]], [$import->status, $import->end['left']]);
        self::assertSame(['key' => self::PREFIX . substr($id, 0, 2)], $import->left[0]['place']);
        $php->proceed();
        self::assertSame('', $php->finish()->errors);
        $before = $this->open([$id], $settings);
        self::assertSame(0, $this->importRedis()->status);
        self::assertSame([], $this->redis->keys());
        self::assertSame($before, $this->openHere([$id]));
    }

    public function testPrefixesAreTakenAsTheyAre(): void
    {
        $settings = $this->redis->settings('&prefix=' . rawurlencode('a*[b]?\\:'));
        $ids = $this->writeSessions(3, $settings);
        $before = $this->open($ids, $settings);
        $this->redis->ask('SET', 'aX[b]?\\:other', 'y');
        self::assertSame([0, 0], [$this->importRedis()->status, $this->importRedis()->end['imported']]);
        self::assertSame(3, $this->importRedis(['--prefix', 'a*[b]?\\:'])->end['imported']);
        self::assertSame(['aX[b]?\\:other'], $this->redis->keys());
        self::assertSame($before, $this->openHere($ids));
    }

    public function testKilledAgainAndAgainItComesToTheSameEnd(): void
    {
        $settings = $this->redis->settings();
        $ids = $this->writeSessions(3000, $settings);
        $before = $this->open($ids, $settings);
        for ($left = 3000; $left > 300; $left = $this->redis->ask('DBSIZE')) {
            $import = $this->startRedisImport();
            $until = random_int(intdiv($left, 2), $left - 1);
            Wait::until(
                fn (): bool => $this->redis->ask('DBSIZE') <= $until || !$import->isRunning(),
                'it does not go on',
                120,
            );
            $import->signal(SIGKILL);
            $import->finish();
        }
        $last = $this->importRedis();
        self::assertSame([0, ''], [$last->status, $last->errors]);
        self::assertSame([], $this->redis->keys());
        self::assertSame($before, $this->openHere($ids));
    }

    public function testOriginalsStayOnRequestInTheDatabaseOfTheURL(): void
    {
        $settings = $this->redis->settings('&database=3');
        $ids = $this->writeSessions(10, $settings);
        $url = "unix://{$this->redis->socket}";
        self::assertSame(0, $this->importRedis()->end['imported'], 'of database 0');
        $import = $this->importRedis(['--keep'], "$url?db=3");
        self::assertSame([10, 0], [$import->end['imported'], $import->end['removed']]);
        $again = $this->importRedis([], "$url?db=3");
        self::assertSame([10, 10], [$again->end['present'], $again->end['removed']]);
    }

    public function testWhatCannotBeAskedIsSaid(): void
    {
        $wrong = $this->importRedis([], null, 'wrong');
        self::assertSame(1, $wrong->status);
        self::assertStringContainsString('does not let this program log in', $wrong->errors);
        $none = $this->importRedis([], 'unix:///nonexistent.sock');
        self::assertSame(1, $none->status);
        self::assertStringContainsString('No such file or directory', $none->errors);
        $tls = $this->importRedis([], 'rediss://127.0.0.1');
        self::assertStringContainsString('TLS is not spoken', $tls->errors);
        // A server that speaks something else.
        $socket = $this->directory->path . '/other.sock';
        $server = stream_socket_server("unix://$socket");
        $import = $this->startRedisImport([], "unix://$socket");
        $stream = stream_socket_accept($server);
        fwrite($stream, "HTTP/1.1 400 Bad Request\r\n\r\n");
        $import->finish();
        self::assertSame(1, $import->status);
        self::assertStringContainsString('cannot be asked: Protocol error', $import->errors);
    }
}
