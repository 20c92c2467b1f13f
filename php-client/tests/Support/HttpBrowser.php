<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** A browser that asks a web server of this machine, byte for byte as it is told, and keeps the session's cookie. */
final class HttpBrowser
{
    public function __construct(
        private readonly int $port,
        /** Where it is: an address of 127.0.0.0/8. */
        public string $address = '127.0.0.1',
        public string $agent = Browser::FIREFOX,
        public string $cookie = '',
    ) {
    }

    /** The same cookie elsewhere. */
    public function elsewhere(?string $address = null, ?string $agent = null): self
    {
        return new self($this->port, $address ?? $this->address, $agent ?? $this->agent, $this->cookie);
    }

    /**
     * Asks for a page and takes its cookie.
     *
     * @param list<string> $headers more lines
     * @param string       $path    sent as it is
     */
    public function get(string $path, array $headers = [], string $method = 'GET', string $body = ''): HttpAnswer
    {
        $lines = ["$method $path HTTP/1.1", "Host: 127.0.0.1:$this->port", 'Connection: close', "User-Agent: $this->agent"];
        if ($this->cookie !== '') {
            $lines[] = "Cookie: PHPSESSID=$this->cookie";
        }
        if ($body !== '') {
            $lines[] = 'Content-Length: ' . \strlen($body);
        }
        $answer = new HttpAnswer($this->exchange(implode("\r\n", [...$lines, ...$headers]) . "\r\n\r\n$body"));
        if (preg_match('/^Set-Cookie: PHPSESSID=([^;\r\n]+)/mi', $answer->head, $match) === 1) {
            Secrets::note($match[1]);
            $this->cookie = $match[1];
        }

        return $answer;
    }

    private function exchange(string $request): string
    {
        $context = stream_context_create(['socket' => ['bindto' => "$this->address:0"]]);
        $stream = stream_socket_client("tcp://127.0.0.1:$this->port", $errno, $error, 5, context: $context);
        if ($stream === false) {
            throw new \RuntimeException("cannot connect: $error");
        }
        stream_set_timeout($stream, 30);
        for ($rest = $request; $rest !== ''; $rest = substr($rest, $written)) {
            $written = @fwrite($stream, $rest);
            if ($written === false || $written === 0) {
                // The server has had enough, and has answered.
                break;
            }
        }
        $answer = '';
        while (!feof($stream)) {
            $bytes = @fread($stream, 65536);
            if ($bytes === false || stream_get_meta_data($stream)['timed_out']) {
                break;
            }
            $answer .= $bytes;
        }
        fclose($stream);

        return $answer;
    }
}
