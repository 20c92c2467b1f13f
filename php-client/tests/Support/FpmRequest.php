<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** A request to PHP-FPM that is under way. */
final class FpmRequest
{
    /** @var resource */
    private $process;
    /** @var array<int, resource> */
    private array $pipes = [];
    private readonly int $started;

    /** @param array<string, string> $parameters */
    public function __construct(string $socket, array $parameters, string $body)
    {
        $this->started = hrtime(true);
        // proc_open() leaves out what is empty, web servers do not.
        $empty = array_map(static fn (string $name): string => "$name=", array_keys($parameters, '', true));
        $process = proc_open(
            ['/usr/bin/env', ...$empty, Tool::fcgiClient(), '-bind', '-connect', $socket],
            [['pipe', 'r'], ['pipe', 'w'], ['file', '/dev/null', 'w']],
            $this->pipes,
            null,
            $parameters,
        );
        if ($process === false) {
            throw new \RuntimeException('cannot start cgi-fcgi');
        }
        $this->process = $process;
        fwrite($this->pipes[0], $body);
        fclose($this->pipes[0]);
    }

    /** Ends the client in the midst of the request. */
    public function hangUp(): void
    {
        posix_kill(proc_get_status($this->process)['pid'], SIGKILL);
        $this->answer();
    }

    public function answer(): FpmAnswer
    {
        $text = (string) stream_get_contents($this->pipes[1]);
        fclose($this->pipes[1]);
        proc_close($this->process);
        [$head, $body] = explode("\r\n\r\n", $text, 2) + ['', ''];
        preg_match_all('/^Set-Cookie: ([^=\r\n]+)=([^;\r\n]*)/mi', $head, $cookies, PREG_SET_ORDER);
        $id = '';
        foreach ($cookies as [, $name, $value]) {
            Secrets::note($value);
            if ($name === 'PHPSESSID' && $id === '') {
                $id = $value;
            }
        }

        return new FpmAnswer($head, $body, $id, (hrtime(true) - $this->started) / 1e9);
    }
}
