<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** nginx with the files of conf/nginx. */
final class NginxSite extends WebServer
{
    /** More locations than the example has. */
    private const MORE = <<<'CONF'
        location ^~ /busy/ { auth_request /_cloakroom_busy; }
        location = /_cloakroom_busy {
            include snippets/cloakroom-check.conf;
            fastcgi_param CLOAKROOM_ACTIVITY on;
        }
        location ^~ /lenient/ { auth_request /_cloakroom_lenient; }
        location = /_cloakroom_lenient {
            include snippets/cloakroom-check.conf;
            fastcgi_param CLOAKROOM_ON_ERROR allow;
        }
        location ^~ /wrong/ { auth_request /_cloakroom_wrong; }
        location = /_cloakroom_wrong {
            include snippets/cloakroom-check.conf;
            fastcgi_param CLOAKROOM_REQUIRE everybody;
        }
        location ^~ /front/ {
            auth_request /_cloakroom;
            try_files $uri /front/index.php;
            location ~ \.php$ {
                include fastcgi_params;
                fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
                include snippets/cloakroom-php.conf;
                fastcgi_pass unix:SOCKET;
            }
        }
        include snippets/cloakroom-status.conf;
        CONF;

    /** The HTTP backend of /reports/: an nginx that hands everything on to PHP as it comes. */
    private Nginx $backend;

    public function remove(): void
    {
        parent::remove();
        $this->backend->remove();
    }

    protected function writeFiles(): void
    {
        $this->backend = new Nginx($this->fpm);
        mkdir($this->path('snippets'));
        copy('/etc/nginx/fastcgi_params', $this->path('fastcgi_params'));
        $this->ship('nginx/cloakroom.conf', 'cloakroom.conf', ['/run/cloakroom/fcgi.sock' => $this->gate->socket]);
        foreach (['gate', 'check', 'php', 'proxy', 'status'] as $name) {
            $this->ship("nginx/cloakroom-$name.conf", "snippets/cloakroom-$name.conf");
        }
        $this->ship('nginx/example.conf', 'site.conf', [
            'listen 80' => "listen 127.0.0.1:$this->port",
            '/srv/example' => $this->fpm->directory,
            '/run/php/php8.2-fpm.sock' => $this->fpm->directory . '/fpm.sock',
            'proxy_pass http://127.0.0.1:8000;' => "proxy_pass http://unix:{$this->backend->socket}:/open.php;",
            'include snippets/cloakroom-status.conf;' => str_replace('SOCKET', $this->fpm->directory . '/fpm.sock', self::MORE),
        ]);
        $folders = '';
        foreach (['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'] as $kind) {
            $folders .= "{$kind}_temp_path temporary-$kind;\n";
        }
        $this->write('main.conf', <<<CONF
            daemon off;
            user root;
            worker_processes 2;
            pid pid;
            error_log log;
            events { worker_connections 256; }
            http {
                access_log off;
                types { text/plain txt; }
                $folders
                include cloakroom.conf;
                include site.conf;
            }
            CONF);
    }

    protected function checkCommand(): array
    {
        return [...$this->command(), '-t'];
    }

    protected function command(): array
    {
        return [Tool::nginx(), '-p', $this->directory->path, '-c', 'main.conf', '-e', 'log'];
    }
}
