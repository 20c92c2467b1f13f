<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** A site under PHP-FPM with a daemon whose clock the tests move, asked by browsers. */
abstract class ProtectionTestCase extends FpmTestCase
{
    protected const CONFIGURATION = "[log]\nevents = \"all\"\n";

    private const PAGE = <<<'PHP'
        session_start();
        switch ($_GET['do'] ?? '') {
            case 'login':
                session_regenerate_id(true);
                $_SESSION['user'] = $_GET['user'];
                break;
            case 'renew':
                session_regenerate_id(false);
                break;
            case 'set':
                $_SESSION['value'] = $_GET['value'];
                break;
            case 'logout':
                session_destroy();
                break;
        }
        echo json_encode(['user' => $_SESSION['user'] ?? null, 'why' => Cloakroom\Session::rejection()]);
        PHP;

    /** How many events the tests have looked at. */
    private static int $seen = 0;

    public static function setUpBeforeClass(): void
    {
        self::$seen = 0;
        self::$daemon = new Daemon(static::CONFIGURATION, movable: true);
    }

    public static function tearDownAfterClass(): void
    {
        self::assertGreaterThan(0, Secrets::count());
        parent::tearDownAfterClass();
    }

    /** @param array<string, string> $settings of the pool */
    protected function site(array $settings = []): Fpm
    {
        $fpm = $this->fpm(2, $settings);
        $fpm->page('app.php', self::PAGE);

        return $fpm;
    }

    protected function loggedIn(Fpm $fpm, string $user = 'Ada'): Browser
    {
        $browser = new Browser($fpm);
        $browser->get('app.php');
        self::assertSame($user, $this->user($browser, "do=login&user=$user"));

        return $browser;
    }

    /** The user that the page sees. */
    protected function user(Browser $browser, string $query = ''): ?string
    {
        return $this->look($browser, $query)['user'];
    }

    /** Why the page's session was refused. */
    protected function rejection(Browser $browser): ?string
    {
        return $this->look($browser)['why'];
    }

    /**
     * What the daemon has logged about sessions since the last call, without what differs from run to run, and without the new
     * sessions that visitors got.
     *
     * @return list<string>
     */
    protected function events(): array
    {
        $all = preg_grep('/^<\d>session (?!created)/', explode("\n", self::$daemon->log())) ?: [];
        $new = \array_slice(array_values($all), self::$seen);
        self::$seen = \count($all);

        return preg_replace(['/^<\d>session /', '/ (pool|process|session)=\S+/'], '', $new);
    }

    /** @return array{user: ?string, why: ?string} */
    private function look(Browser $browser, string $query = ''): array
    {
        $body = $browser->get('app.php', $query)->body;
        $seen = json_decode($body, true);
        self::assertIsArray($seen, $body);

        return $seen;
    }
}
