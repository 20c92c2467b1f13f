<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** Apache with the files of conf/apache. */
final class ApacheSite extends WebServer
{
    /** Those that the shipped files name, and what every Apache of Debian has. */
    private const MODULES = [
        'mpm_event', 'authn_core', 'authz_core', 'authz_host', 'authnz_fcgi', 'setenvif', 'headers', 'proxy', 'proxy_fcgi', 'env',
        'dir', 'mime', 'rewrite',
    ];
    private const FOLDER = '/usr/lib/apache2/modules';

    /** More than the example has. */
    private const MORE = <<<'CONF'
        <Location "/busy">
            Include cloakroom-protect.conf
            SetEnvIf Request_URI "^" CLOAKROOM_ACTIVITY=on
        </Location>
        <Location "/lenient">
            Include cloakroom-protect.conf
            SetEnvIf Request_URI "^" CLOAKROOM_ON_ERROR=allow
        </Location>
        <Location "/wrong">
            Include cloakroom-protect.conf
            SetEnvIf Request_URI "^" CLOAKROOM_REQUIRE=everybody
        </Location>
        <Location "/front">
            Include cloakroom-protect.conf
        </Location>
        <Location "/front">
            RewriteEngine On
            RewriteCond %{REQUEST_FILENAME} !-f
            RewriteRule ^ /front/index.php [L]
        </Location>
        Include cloakroom-status.conf
        CONF;

    protected function writeFiles(): void
    {
        $this->ship('apache/cloakroom.conf', 'cloakroom.conf');
        $this->ship('apache/cloakroom-protect.conf', 'cloakroom-protect.conf');
        $this->ship('apache/cloakroom-status.conf', 'cloakroom-status.conf');
        $this->ship('apache/example.conf', 'site.conf', [
            '*:80' => "127.0.0.1:$this->port",
            '/srv/example' => $this->fpm->directory,
            '/run/php/php8.2-fpm.sock' => $this->fpm->directory . '/fpm.sock',
            'Include cloakroom-status.conf' => self::MORE,
        ]);
        $modules = '';
        foreach (self::MODULES as $name) {
            $modules .= "LoadModule {$name}_module " . self::FOLDER . "/mod_$name.so\n";
        }
        $this->write('main.conf', <<<CONF
            ServerRoot {$this->directory->path}
            DefaultRuntimeDir {$this->directory->path}
            PidFile pid
            ErrorLog log
            ServerName localhost
            User www-data
            Group www-data
            Listen 127.0.0.1:$this->port
            $modules
            StartServers 1
            MinSpareThreads 8
            MaxSpareThreads 32
            ThreadsPerChild 8
            MaxRequestWorkers 32
            TypesConfig /etc/mime.types
            Define CLOAKROOM_GATE {$this->gate->address}
            Define CLOAKROOM_SOCKET {$this->gate->socket}
            Include cloakroom.conf
            Include site.conf
            CONF);
    }

    protected function checkCommand(): array
    {
        return [Tool::apache(), '-t', '-f', $this->path('main.conf')];
    }

    protected function command(): array
    {
        return [Tool::apache(), '-D', 'FOREGROUND', '-f', $this->path('main.conf')];
    }
}
