<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests;

use Cloakroom\RequestLabel;
use PHPUnit\Framework\TestCase;

final class RequestLabelTest extends TestCase
{
    /**
     * @dataProvider requests
     *
     * @param array<string, string> $environment as FastCGI and Apache give it to getenv()
     */
    public function testLabelOfARequest(array $environment, string $expected): void
    {
        foreach ($environment as $name => $value) {
            putenv("$name=$value");
        }
        try {
            self::assertSame($expected, RequestLabel::current());
        } finally {
            array_map('putenv', array_keys($environment));
        }
    }

    /**
     * @dataProvider scripts
     *
     * @param array<string, mixed> $server
     */
    public function testLabelOfAScript(array $server, string $expected): void
    {
        $before = $_SERVER;
        $_SERVER = $server;
        try {
            self::assertSame($expected, RequestLabel::current());
        } finally {
            $_SERVER = $before;
        }
    }

    /** @return iterable<string, array{array<string, mixed>, string}> */
    public function scripts(): iterable
    {
        yield 'script' => [['SCRIPT_NAME' => '/srv/cron#1.php', 'argv' => ['/srv/cron.php', 'secret']], '/srv/cron#1.php'];
        yield 'control characters' => [['SCRIPT_NAME' => "/a\r\nb\0\x7f.php"], '/a??b??.php'];
        yield 'PHP\'s own web server' => [
            ['REQUEST_METHOD' => 'GET', 'REQUEST_URI' => '/a?b', 'SCRIPT_NAME' => '/index.php'],
            'GET /a',
        ];
        yield 'nothing' => [[], ''];
        yield 'no string' => [['SCRIPT_NAME' => 1], ''];
    }

    /** @return iterable<string, array{array<string, string>, string}> */
    public function requests(): iterable
    {
        $get = ['REQUEST_METHOD' => 'GET', 'SCRIPT_NAME' => '/index.php'];
        yield 'path' => [['REQUEST_URI' => '/a/b'] + $get, 'GET /a/b'];
        yield 'query' => [['REQUEST_URI' => '/a?PHPSESSID=secret'] + $get, 'GET /a'];
        yield 'fragment' => [['REQUEST_URI' => '/a#secret'] + $get, 'GET /a'];
        yield 'no path' => [$get, 'GET /index.php'];
        yield 'control characters' => [['REQUEST_URI' => "/a\r\nb\x7f"] + $get, 'GET /a??b?'];
        yield 'UTF-8' => [['REQUEST_URI' => "/gr\u{f6}\u{df}e\u{85}"] + $get, "GET /gr\u{f6}\u{df}e?"];
        yield 'no UTF-8' => [['REQUEST_URI' => "/\xff\xfe\n"] + $get, 'GET /???'];
        yield 'long' => [['REQUEST_URI' => '/' . str_repeat('a', 300)] + $get, 'GET /' . str_repeat('a', 195)];
        yield 'cut in a character' => [
            ['REQUEST_URI' => str_repeat('a', 195) . "\u{f6}"] + $get,
            'GET ' . str_repeat('a', 195) . '?',
        ];
    }
}
