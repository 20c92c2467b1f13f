<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Gate;

use Cloakroom\Tests\Support\Fpm;
use Cloakroom\Tests\Support\Gate;
use Cloakroom\Tests\Support\GateServerTestCase;
use Cloakroom\Tests\Support\NginxSite;
use Cloakroom\Tests\Support\WebServer;

/** The gate with nginx. */
final class NginxServerTest extends GateServerTestCase
{
    private const SPOOFED = [
        'Cloakroom-User: evil', 'CLOAKROOM-USER: evil', 'Cloakroom_User: evil', 'Cloakroom-Session: evil', 'Cloakroom-Auth-Age: evil',
        'Cloakroom-Age: evil', 'Cloakroom-Idle: evil', 'Cloakroom-Remaining: evil', 'Cloakroom-Reason: evil', 'Cloakroom-Login: evil',
    ];

    protected static function server(Gate $gate, Fpm $fpm): WebServer
    {
        return new NginxSite($gate, $fpm);
    }

    public function testHTTPBackendIsToldTheSessionByTheGateOnly(): void
    {
        self::expectRefused(401, $this->visitor()->get('/reports/', self::SPOOFED));
        $browser = $this->loggedIn();
        $cookies = [...self::SPOOFED, 'Cookie: PHPSESSID=another'];
        $told = $this->facts($browser->get('/reports/', $cookies));
        self::assertSame(['ada', '0'], [$told['HTTP_CLOAKROOM_USER'], $told['HTTP_CLOAKROOM_AUTH_AGE']]);
        self::assertMatchesRegularExpression('/^[0-9a-f]{12}$/', $told['HTTP_CLOAKROOM_SESSION']);
        self::assertSame([], preg_grep('/evil/', $told));
        $server = $browser->get('/reports/', $cookies)->json()['server'];
        self::assertSame("PHPSESSID=$browser->cookie; PHPSESSID=another", $server['HTTP_COOKIE']);
    }
}
