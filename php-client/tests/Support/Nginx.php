<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** A real nginx in front of a PHP-FPM, on a Unix socket of its own. */
final class Nginx
{
    public readonly string $socket;
    private readonly TemporaryDirectory $directory;
    /** @var resource */
    private $process;

    public function __construct(Fpm $fpm)
    {
        $this->directory = new TemporaryDirectory();
        $this->socket = $this->directory->path . '/nginx.sock';
        file_put_contents($this->directory->path . '/nginx.conf', $this->configuration($fpm));
        $log = ['file', $this->directory->path . '/out', 'w'];
        $process = proc_open(
            [Tool::nginx(), '-p', $this->directory->path, '-c', 'nginx.conf', '-e', 'log'],
            [['file', '/dev/null', 'r'], $log, $log],
            $pipes,
        );
        if ($process === false) {
            throw new \RuntimeException('cannot start nginx');
        }
        $this->process = $process;
        try {
            Wait::until(fn (): bool => file_exists($this->socket) || !$this->isRunning(), 'nginx is not ready');
            if (!$this->isRunning()) {
                throw new \RuntimeException("nginx ended at once:\n" . $this->log());
            }
        } catch (\Throwable $throwable) {
            $this->remove();
            throw $throwable;
        }
    }

    public function log(): string
    {
        return @file_get_contents($this->directory->path . '/log') . file_get_contents($this->directory->path . '/out');
    }

    public function remove(): void
    {
        if ($this->isRunning()) {
            posix_kill(proc_get_status($this->process)['pid'], SIGTERM);
        }
        Wait::until(fn (): bool => !$this->isRunning(), 'nginx does not end');
        proc_close($this->process);
        $this->directory->remove();
    }

    private function isRunning(): bool
    {
        return proc_get_status($this->process)['running'];
    }

    private function configuration(Fpm $fpm): string
    {
        $folders = '';
        foreach (['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'] as $kind) {
            $folders .= "{$kind}_temp_path temporary-$kind;\n";
        }

        return <<<CONF
            daemon off;
            user root;
            worker_processes 1;
            pid pid;
            error_log log;
            events { worker_connections 1024; }
            http {
                access_log off;
                $folders
                server {
                    listen unix:$this->socket;
                    root $fpm->directory;
                    location ~ \\.php\$ {
                        include /etc/nginx/fastcgi_params;
                        fastcgi_param SCRIPT_FILENAME \$document_root\$fastcgi_script_name;
                        fastcgi_pass unix:$fpm->directory/fpm.sock;
                    }
                }
            }
            CONF;
    }
}
