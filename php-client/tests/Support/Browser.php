<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** A browser that keeps the cookie it was given, at an address and with a user agent. */
final class Browser
{
    public const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
    public const CHROME = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 '
        . 'Mobile Safari/537.36';

    public function __construct(
        private readonly Fpm $fpm,
        public string $address = '192.0.2.10',
        public string $agent = self::FIREFOX,
        public string $cookie = '',
        /** @var array<string, string> all others, by name */
        public array $others = [],
    ) {
    }

    /** The same cookie elsewhere: a thief, or the same person after a move. */
    public function elsewhere(?string $address = null, ?string $agent = null): self
    {
        return new self($this->fpm, $address ?? $this->address, $agent ?? $this->agent, $this->cookie, $this->others);
    }

    /**
     * Asks for a page and takes its cookie.
     *
     * @param array<string, string> $parameters more of FastCGI
     */
    public function get(string $page, string $query = '', array $parameters = []): FpmAnswer
    {
        return $this->take($this->send($page, $query, $parameters));
    }

    /** @param array<string, string> $parameters more of FastCGI */
    public function send(string $page, string $query = '', array $parameters = []): FpmRequest
    {
        $own = ['REMOTE_ADDR' => $this->address];
        if ($this->agent !== '') {
            $own['HTTP_USER_AGENT'] = $this->agent;
        }
        if ($this->others !== []) {
            $cookies = $this->others + ($this->cookie === '' ? [] : ['PHPSESSID' => $this->cookie]);
            $own['HTTP_COOKIE'] = http_build_query($cookies, '', '; ');
        }

        return $this->fpm->send($page, $query, $this->cookie, $parameters + $own);
    }

    public function take(FpmRequest $request): FpmAnswer
    {
        $answer = $request->answer();
        if ($answer->cookie !== '') {
            $this->cookie = $answer->cookie;
        }
        preg_match_all('/^Set-Cookie: (?!PHPSESSID=)([^=]+)=([^;\r\n]*)/mi', $answer->head, $matches, PREG_SET_ORDER);
        foreach ($matches as [, $name, $value]) {
            unset($this->others[$name]);
            if ($value !== '' && $value !== 'deleted') {
                $this->others[$name] = $value;
            }
        }

        return $answer;
    }
}
