<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\Fpm;
use Cloakroom\Tests\Support\FpmTestCase;
use Cloakroom\Tests\Support\Secrets;

/** Two sites of two Unix users under one PHP-FPM, each in a pool of the daemon's, and what neither can do to the other. */
final class PoolsTest extends FpmTestCase
{
    protected const CONFIGURATION = <<<'TOML'
        [pools.shop]
        unix_users = ["games"]
        [pools.blog]
        unix_users = ["news"]
        unix_groups = ["news"]
        TOML;
    private const PAGE = <<<'PHP'
        session_start();
        $before = $_SESSION['v'] ?? null;
        match ($_GET['do']) {
            'look' => null,
            'set' => $_SESSION['v'] = $_GET['v'],
            'destroy' => session_destroy(),
            'hold' => (function () {
                touch(__DIR__ . '/state/holds');
                while (!file_exists(__DIR__ . '/state/go')) {
                    usleep(1000);
                    clearstatcache();
                }
                $_SESSION['v'] .= ', held';
            })(),
        };
        echo json_encode([posix_getpwuid(posix_geteuid())['name'], $before]);
        PHP;

    /**
     * PHP-FPM with a pool of the user `games`, and another of the user `news`.
     *
     * @param array<string, string> $second more lines of the second pool
     */
    private function sites(array $second = []): Fpm
    {
        // Any id that is sent is taken, so that both sites have sessions of the same one.
        $settings = ['env[CLOAKROOM_STRICT]' => '"off"', 'php_flag[session.use_strict_mode]' => 'off'];
        $settings['php_admin_value[session.save_path]'] = '"unix://' . self::$daemon->socket . '"';
        $this->fpm = new Fpm(
            '',
            2,
            $settings + ['user' => 'games', 'group' => 'games'],
            $second + ['user' => 'news', 'group' => 'news'],
        );
        $this->fpm->page('page.php', self::PAGE);

        return $this->fpm;
    }

    /** @return array{string, ?string} the user and the value that the session had */
    private function ask(string $user, string $id, string $do): array
    {
        $socket = $user === 'games' ? 'fpm.sock' : 'second.sock';
        $answer = $this->fpm->send('page.php', "do=$do", $id, socket: $socket)->answer();
        $decoded = json_decode($answer->body, true);
        self::assertIsArray($decoded, $answer->body);
        self::assertSame($user, $decoded[0]);

        return $decoded;
    }

    private static function id(): string
    {
        $id = bin2hex(random_bytes(16));
        Secrets::note($id);

        return $id;
    }

    public function testEqualIdsAreSessionsOfTheirOwn(): void
    {
        $this->sites();
        $id = self::id();
        self::assertSame(['games', null], $this->ask('games', $id, 'set&v=of-the-shop'));
        self::assertSame(['news', null], $this->ask('news', $id, 'look'), "the other site's session is not seen");
        self::assertSame(['news', null], $this->ask('news', $id, 'set&v=of-the-blog'));
        self::assertSame(['games', 'of-the-shop'], $this->ask('games', $id, 'look'));
        self::assertSame(['news', 'of-the-blog'], $this->ask('news', $id, 'destroy'));
        self::assertSame(['news', null], $this->ask('news', $id, 'look'));
        self::assertSame(['games', 'of-the-shop'], $this->ask('games', $id, 'look'), 'the other site has destroyed its own');
    }

    public function testLockOfOneSiteDoesNotHoldUpTheOther(): void
    {
        $fpm = $this->sites();
        $id = self::id();
        $this->ask('games', $id, 'set&v=shop');
        $this->ask('news', $id, 'set&v=blog');
        $held = $fpm->send('page.php', 'do=hold', $id);
        $fpm->awaitFile('holds');
        self::assertSame(['news', 'blog'], $this->ask('news', $id, 'set&v=changed'));
        self::assertSame(['news', 'changed'], $this->ask('news', $id, 'destroy'));
        $fpm->makeFile('go');
        self::assertSame('["games","shop"]', $held->answer()->body);
        self::assertSame(['games', 'shop, held'], $this->ask('games', $id, 'look'));
    }

    public function testNothingOfAnotherSiteCanBeReadOnTheDisk(): void
    {
        $this->sites();
        $this->ask('games', self::id(), 'set&v=a-secret-of-the-shop');
        foreach (['news', 'games'] as $user) {
            foreach (['/pools/shop/rocksdb/CURRENT', '/rocksdb/CURRENT', '/../key'] as $path) {
                $as = ['/usr/bin/setpriv', "--reuid=$user", "--regid=$user", '--clear-groups'];
                [$status, $output] = $this->command(...[...$as, '/usr/bin/head', '-c1', self::$daemon->path("state$path")]);
                self::assertNotSame(0, $status, "$user: $path");
                self::assertStringContainsString('Permission denied', $output);
            }
        }
        self::$daemon->restart();
        foreach (['a-secret-of-the-shop', 'PHPSESSID'] as $secret) {
            self::assertSame(1, $this->command('/usr/bin/grep', '-raF', $secret, self::$daemon->path('state'))[0]);
        }
    }

    public function testUserOfNoPoolIsRefused(): void
    {
        $this->fpm = new Fpm(self::$daemon->socket, 1, ['user' => 'mail', 'group' => 'mail']);
        $this->fpm->page('page.php', self::PAGE);
        $body = $this->fpm->get('page.php', 'do=look')->body;
        $user = posix_getpwnam('mail')['uid'];
        self::assertStringContainsString("Cloakroom: refused: cloakroomd says: user $user may not use this socket", $body);
        self::assertStringContainsString("uid=$user", self::$daemon->log());
    }

    /** @return iterable<string, array{array<string, string>}> */
    public static function claims(): iterable
    {
        yield 'by the environment' => [['env[CLOAKROOM_POOL]' => '"shop"']];
        yield 'by the address' => [['env[CLOAKROOM_SOCKET]' => '"SOCKET?pool=shop"']];
        yield 'by the save path' => [['php_admin_value[session.save_path]' => '"unix://SOCKET?pool=shop"']];
    }

    /**
     * @dataProvider claims
     *
     * @param array<string, string> $second
     */
    public function testSiteThatClaimsToBeTheOtherIsRefused(array $second): void
    {
        $fpm = $this->sites(str_replace('SOCKET', self::$daemon->socket, $second));
        $id = self::id();
        $this->ask('games', $id, 'set&v=of-the-shop');
        $body = $fpm->send('page.php', 'do=look', $id, socket: 'second.sock')->answer()->body;
        self::assertStringContainsString('Cloakroom: refused: cloakroomd says: this process may not use a pool named shop', $body);
        self::assertStringNotContainsString('of-the-shop', $body);
        self::assertSame(['games', 'of-the-shop'], $this->ask('games', $id, 'look'));
    }

    public function testSiteMayNameThePoolThatItIsIn(): void
    {
        $this->sites(['env[CLOAKROOM_POOL]' => '"blog"']);
        $id = self::id();
        $this->ask('news', $id, 'set&v=of-the-blog');
        self::assertSame(['news', 'of-the-blog'], $this->ask('news', $id, 'look'));
        self::assertSame(['games', null], $this->ask('games', $id, 'look'));
    }

    public function testNameThatCanBeNoPoolIsRefused(): void
    {
        $fpm = $this->sites(['env[CLOAKROOM_POOL]' => '"Blog"']);
        $body = $fpm->send('page.php', 'do=look', socket: 'second.sock')->answer()->body;
        self::assertStringContainsString('the name of a pool is 1 to 64 characters of [a-z0-9_-]', $body);
    }

    /** @return array{int, string} exit status and output */
    private function command(string ...$command): array
    {
        exec(implode(' ', array_map(escapeshellarg(...), $command)) . ' 2>&1', $lines, $status);

        return [$status, implode("\n", $lines)];
    }
}
