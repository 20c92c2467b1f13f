<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** lighttpd with the files of conf/lighttpd. */
final class LighttpdSite extends WebServer
{
    /** More than the example has. */
    private const MORE = <<<'CONF'
        $HTTP["url"] =~ "^/busy/" {
            fastcgi.server += cloakroom_gate
            setenv.add-environment = ("CLOAKROOM_ACTIVITY" => "on")
        }
        $HTTP["url"] =~ "^/lenient/" {
            fastcgi.server += cloakroom_gate
            setenv.add-environment = ("CLOAKROOM_ON_ERROR" => "allow")
        }
        $HTTP["url"] =~ "^/wrong/" {
            fastcgi.server += cloakroom_gate
            setenv.add-environment = ("CLOAKROOM_REQUIRE" => "everybody")
        }
        server.modules += ("mod_rewrite")
        $HTTP["url"] =~ "^/front/" {
            fastcgi.server += cloakroom_gate
            url.rewrite-if-not-file = ("" => "/front/index.php")
        }
        CONF;

    protected function writeFiles(): void
    {
        $socket = ['/run/cloakroom/fcgi.sock' => $this->gate->socket];
        $this->ship('lighttpd/cloakroom.conf', 'cloakroom.conf', $socket);
        $this->ship('lighttpd/cloakroom-status.conf', 'cloakroom-status.conf', $socket);
        $this->ship('lighttpd/example.conf', 'site.conf', [
            'server.port = 80' => "server.port = $this->port",
            '/srv/example' => $this->fpm->directory,
            '/run/php/php8.2-fpm.sock' => $this->fpm->directory . '/fpm.sock',
        ]);
        $this->write('main.conf', <<<CONF
            server.bind = "127.0.0.1"
            server.errorlog = "{$this->path('log')}"
            server.systemd-socket-activation = "disable"
            include "site.conf"

            CONF . self::MORE . "\n");
    }

    protected function checkCommand(): array
    {
        return [Tool::lighttpd(), '-tt', '-f', $this->path('main.conf')];
    }

    protected function command(): array
    {
        return [Tool::lighttpd(), '-D', '-f', $this->path('main.conf')];
    }
}
