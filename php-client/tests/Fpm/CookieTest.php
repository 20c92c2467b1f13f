<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\Fpm;
use Cloakroom\Tests\Support\FpmTestCase;

/** The attributes of the cookies of sessions. */
final class CookieTest extends FpmTestCase
{
    /** What Debian's php.ini has of them. */
    private const DEBIAN = <<<'INI'
        session.use_only_cookies = 1
        session.cookie_httponly =
        session.cookie_samesite =
        session.use_trans_sid = 0
        INI;
    private const HTTP = [];
    private const HTTPS = ['HTTPS' => 'on'];
    private const START = 'session_start();';
    private const PLAIN = 'path=/';
    private const ADVISED = 'path=/; httponly; samesite=lax';
    private const ADVISED_HTTPS = 'path=/; secure; httponly; samesite=lax';

    /** @dataProvider stockSettings */
    public function testCookieIsAsAdvisedWhereNobodyHasChosen(string $ini): void
    {
        $this->site($ini);

        foreach ([[], ['HTTPS' => ''], ['HTTPS' => 'off'], ['HTTPS' => 'OFF'], ['REQUEST_SCHEME' => 'http']] as $http) {
            self::assertSame(self::ADVISED, $this->cookie($http), (string) json_encode($http));
        }
        foreach ([self::HTTPS, ['HTTPS' => '1'], ['REQUEST_SCHEME' => 'https']] as $https) {
            self::assertSame(self::ADVISED_HTTPS, $this->cookie($https), (string) json_encode($https));
        }
        self::assertSame(self::ADVISED, $this->cookie(self::HTTP), 'the worker has forgotten HTTPS');
        self::assertSame(['1', '0'], $this->idsInAddresses());
    }

    /** @return array<string, array{string}> */
    public function stockSettings(): array
    {
        return ['no php.ini' => [''], "Debian's php.ini" => [self::DEBIAN]];
    }

    public function testHeadersOfTheBrowserDoNotMakeARequestHttps(): void
    {
        $this->site();
        $headers = ['HTTP_X_FORWARDED_PROTO' => 'https', 'HTTP_X_FORWARDED_SSL' => 'on', 'HTTP_HTTPS' => 'on'];

        self::assertSame(self::ADVISED, $this->cookie($headers));
    }

    /**
     * @dataProvider choicesInThePoolFile
     *
     * @param array<string, string> $settings
     */
    public function testChoiceInThePoolFileStays(array $settings, string $cookie): void
    {
        $this->site(self::DEBIAN, $settings);

        self::assertSame($cookie, $this->cookie(self::HTTPS));
    }

    /** @return iterable<string, array{array<string, string>, string}> */
    public function choicesInThePoolFile(): iterable
    {
        $insecure = self::ADVISED;
        $open = 'path=/; secure; samesite=lax';
        $none = 'path=/; secure; httponly; samesite=none';
        foreach ([
            [['php_admin_flag[session.cookie_secure]' => 'off'], $insecure],
            [['php_admin_value[session.cookie_secure]' => '0'], $insecure],
            [['php_value[session.cookie_secure]' => '"off"'], $insecure],
            [['php_admin_flag[session.cookie_httponly]' => 'off'], $open],
            [['php_flag[session.cookie_httponly]' => 'off'], $open],
            [['php_value[session.cookie_httponly]' => '0'], $open],
            [['php_value[session.cookie_httponly]' => '"off"'], $open],
            [['php_admin_value[session.cookie_samesite]' => '"None"'], $none],
            [['php_value[session.cookie_samesite]' => '"None"'], $none],
            [['php_value[session.cookie_samesite]' => 'Strict'], 'path=/; secure; httponly; samesite=strict'],
            [['php_admin_value[session.cookie_samesite]' => '""'], 'path=/; secure; httponly'],
        ] as $choice) {
            yield key($choice[0]) . ' = ' . current($choice[0]) => $choice;
        }
    }

    /**
     * @dataProvider wordsThatPhpDoesNotPassOn
     *
     * @param array<string, string> $settings
     */
    public function testWordsThatPhpDoesNotPassOnAreNoChoice(string $ini, array $settings): void
    {
        $this->site($ini, $settings);

        self::assertSame(self::ADVISED_HTTPS, $this->cookie(self::HTTPS));
    }

    /** @return iterable<string, array{string, array<string, string>}> */
    public function wordsThatPhpDoesNotPassOn(): iterable
    {
        yield "PHP's own default" => ['', ['php_flag[session.cookie_secure]' => 'off']];
        yield 'off without quotes' => ['', ['php_value[session.cookie_secure]' => 'off']];
        yield 'None without quotes' => ['', ['php_value[session.cookie_samesite]' => 'None']];
        yield 'off without quotes in php.ini' => ["session.cookie_secure = off\nsession.cookie_httponly = off", []];
        yield 'None without quotes in php.ini' => ['session.cookie_samesite = None', []];
    }

    /**
     * @testWith ["session.cookie_secure = 0", "path=/; httponly; samesite=lax"]
     *           ["session.cookie_secure = \"off\"", "path=/; httponly; samesite=lax"]
     *           ["session.cookie_httponly = 0", "path=/; secure; samesite=lax"]
     *           ["session.cookie_samesite = \"None\"", "path=/; secure; httponly; samesite=none"]
     *           ["session.cookie_samesite = Strict", "path=/; secure; httponly; samesite=strict"]
     */
    public function testChoiceInPhpIniStays(string $ini, string $cookie): void
    {
        $this->site($ini);

        self::assertSame($cookie, $this->cookie(self::HTTPS));
    }

    public function testIdsInAddressesAreTheOperatorsChoice(): void
    {
        $this->site("session.use_only_cookies = 0\nsession.use_trans_sid = 1");

        self::assertSame(['0', '1'], $this->idsInAddresses());
    }

    /**
     * @testWith ["session_set_cookie_params(['secure' => false, 'httponly' => false, 'samesite' => 'None']); session_start();"]
     *           ["session_start(['cookie_secure' => false, 'cookie_httponly' => false, 'cookie_samesite' => 'None']);"]
     *           ["ini_set('session.cookie_secure', 0); ini_set('session.cookie_httponly', 0); ini_set('session.cookie_samesite', 'None'); session_start();"]
     */
    public function testApplicationsChoiceWins(string $page): void
    {
        $this->site(self::DEBIAN, [], $page);

        self::assertSame('path=/; samesite=none', $this->cookie(self::HTTPS));
    }

    public function testApplicationThatChoosesOtherThingsGetsTheRest(): void
    {
        $this->site(self::DEBIAN, [], 'session_set_cookie_params(0, "/shop"); session_start();');

        self::assertSame('path=/shop; secure; httponly; samesite=lax', $this->cookie(self::HTTPS));
    }

    public function testOperatorMaySwitchItOff(): void
    {
        $this->site(self::DEBIAN, ['env[CLOAKROOM_COOKIES]' => '"off"']);

        self::assertSame(self::PLAIN, $this->cookie(self::HTTPS));
        self::assertSame(self::ADVISED, $this->cookie(['CLOAKROOM_COOKIES' => 'on']), 'as the web server says');
        foreach (['Off', '0', 'no', 'false'] as $word) {
            self::assertSame(self::PLAIN, $this->cookie(['CLOAKROOM_COOKIES' => $word]), $word);
        }
    }

    public function testDisabledFunctionIsNoObstacle(): void
    {
        $this->site('disable_functions = get_cfg_var');

        self::assertSame(self::ADVISED_HTTPS, $this->cookie(self::HTTPS));
    }

    public function testEachPoolHasItsOwn(): void
    {
        $strict = 'path=/; secure; httponly; samesite=strict';
        $this->site(second: [
            'php_admin_flag[session.cookie_secure]' => 'on',
            'php_admin_flag[session.cookie_httponly]' => 'on',
            'php_admin_value[session.cookie_samesite]' => 'Strict',
        ]);
        // OPcache takes no file that was changed within the last two seconds.
        foreach (['prepend.php', 'classes.php'] as $file) {
            touch($this->fpm->directory . "/php-client/$file", time() - 60);
        }
        $this->fpm->page('cached.php', 'echo json_encode(opcache_is_script_cached(__DIR__ . "/php-client/classes.php"));');

        // What a pool has fixed, OPcache would take for a constant.
        self::assertSame($strict, $this->cookie(self::HTTPS, 'second.sock'));
        self::assertSame('true', $this->fpm->get('cached.php')->body);
        self::assertSame(self::ADVISED, $this->cookie(self::HTTP));
        self::assertSame(self::ADVISED_HTTPS, $this->cookie(self::HTTPS));
        self::assertSame($strict, $this->cookie(self::HTTP, 'second.sock'));
    }

    public function testExampleOfAPoolFileLeavesNothingToSetButHttps(): void
    {
        $lines = (string) file_get_contents(\dirname(__DIR__, 3) . '/conf/php-fpm/cloakroom.conf');
        preg_match_all('/^(php_(?:value|flag)\[session\..+?\]) = (.+)$/m', $lines, $settings);
        $this->site(
            "session.use_only_cookies = 0\nsession.use_trans_sid = 1",
            array_combine($settings[1], $settings[2]),
        );

        self::assertSame(self::ADVISED, $this->cookie(['CLOAKROOM_COOKIES' => 'off'] + self::HTTPS));
        self::assertSame(self::ADVISED_HTTPS, $this->cookie(self::HTTPS));
        self::assertSame(['1', '0'], $this->idsInAddresses());
    }

    /**
     * @param string                $ini      php.ini
     * @param array<string, string> $settings of the pool
     * @param array<string, string> $second   what another pool has besides; [] for none
     */
    private function site(
        string $ini = self::DEBIAN,
        array $settings = [],
        string $page = self::START,
        array $second = [],
    ): void {
        $this->fpm = new Fpm(self::$daemon->socket, 1, $settings, $second, $ini);
        $this->fpm->page('page.php', $page);
    }

    /**
     * The attributes of the cookie that a page sets, in small letters.
     *
     * @param array<string, string> $parameters of FastCGI
     */
    private function cookie(array $parameters, string $socket = 'fpm.sock'): string
    {
        $answer = $this->fpm->send('page.php', parameters: $parameters, socket: $socket)->answer();
        self::assertSame(1, preg_match('/^Set-Cookie: PHPSESSID=[^;]+; (.*)\r?$/mi', $answer->head, $match), $answer->head);
        self::assertSame('', $answer->body);

        return strtolower(trim($match[1]));
    }

    /** @return list<string> what `session.use_only_cookies` and `session.use_trans_sid` are in a page */
    private function idsInAddresses(): array
    {
        $this->fpm->page(
            'ids.php',
            'echo json_encode(array_map("ini_get", ["session.use_only_cookies", "session.use_trans_sid"]));',
        );

        return json_decode($this->fpm->get('ids.php')->body, true);
    }
}
