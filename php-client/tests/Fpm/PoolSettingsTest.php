<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\Daemon;
use Cloakroom\Tests\Support\Fpm;
use Cloakroom\Tests\Support\FpmTestCase;

/** Pools of one PHP-FPM share what OPcache has compiled, and nothing else. */
final class PoolSettingsTest extends FpmTestCase
{
    private const PAGE = <<<'PHP'
        session_start();
        $_SESSION['pool'] ??= $_SERVER['POOL'];
        echo json_encode([
            $_SESSION['pool'],
            Cloakroom\PoolSettings::get('session.gc_maxlifetime'),
            opcache_is_script_cached(__DIR__ . '/php-client/classes.php'),
        ]);
        PHP;

    public function testEachPoolHasItsOwnDaemonAndLifetime(): void
    {
        $other = new Daemon();
        try {
            $this->fpm = $fpm = new Fpm('', 1, $this->pool('first', self::$daemon, 1000), $this->pool('second', $other, 2000));
            // OPcache takes no file that was changed within the last two seconds.
            foreach (['prepend.php', 'classes.php'] as $file) {
                touch("$fpm->directory/php-client/$file", time() - 60);
            }
            $fpm->page('pool.php', self::PAGE);
            $first = $fpm->send('pool.php')->answer();
            $second = $fpm->send('pool.php', socket: 'second.sock')->answer();
            $back = $fpm->send('pool.php', '', $second->cookie, socket: 'second.sock')->answer();

            self::assertSame('["first","1000",true]', $first->body);
            self::assertSame('["second","2000",true]', $second->body);
            self::assertSame($second->body, $back->body);
            self::assertSame('', $this->readHere($second->cookie), 'not in the daemon of the first pool');
        } finally {
            $other->remove();
        }
    }

    /** @return array<string, string> */
    private function pool(string $name, Daemon $daemon, int $lifetime): array
    {
        return [
            'env[POOL]' => $name,
            'php_admin_value[session.save_path]' => "unix://$daemon->socket",
            'php_admin_value[session.gc_maxlifetime]' => (string) $lifetime,
        ];
    }
}
