<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** What a web server answered. */
final class HttpAnswer
{
    public readonly int $status;
    public readonly string $head;
    public readonly string $body;

    public function __construct(string $text)
    {
        [$this->head, $body] = explode("\r\n\r\n", $text, 2) + ['', ''];
        if (preg_match('~^HTTP/1\.[01] (\d{3})~', $this->head, $match) !== 1) {
            throw new \RuntimeException("no answer of HTTP: $text");
        }
        $this->status = (int) $match[1];
        $this->body = $this->header('Transfer-Encoding') === 'chunked' ? self::joined($body) : $body;
    }

    /** The value of a header, the first if there are several; null when there is none. */
    public function header(string $name): ?string
    {
        return preg_match('/^' . preg_quote($name, '/') . ':[ \t]*(.*?)[ \t\r]*$/mi', $this->head, $match) === 1 ? $match[1] : null;
    }

    /** @return array<string, mixed> */
    public function json(): array
    {
        $value = json_decode($this->body, true);
        if (!\is_array($value)) {
            throw new \RuntimeException("no JSON: $this->head\n\n$this->body");
        }

        return $value;
    }

    private static function joined(string $chunks): string
    {
        $body = '';
        while (preg_match('/^([0-9a-f]+)[^\r\n]*\r\n/i', $chunks, $match) === 1) {
            $length = (int) hexdec($match[1]);
            $body .= substr($chunks, \strlen($match[0]), $length);
            $chunks = substr($chunks, \strlen($match[0]) + $length + 2);
        }

        return $body;
    }
}
