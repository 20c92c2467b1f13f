<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** Somebody with a browser, who reads a page and sends its forms: all cookies are kept, and a redirection is followed. */
final class Visitor
{
    /** @var array<string, string> */
    public array $cookies = [];
    /** The last page. */
    public FpmAnswer $page;

    public function __construct(
        private readonly Fpm $fpm,
        private readonly string $script,
        public string $agent = Browser::FIREFOX,
        public string $address = '192.0.2.10',
    ) {
    }

    /** What a thief has who got the cookies. */
    public function elsewhere(?string $agent = null, ?string $address = null): self
    {
        $other = new self($this->fpm, $this->script, $agent ?? $this->agent, $address ?? $this->address);
        $other->cookies = $this->cookies;

        return $other;
    }

    public function id(): string
    {
        return $this->cookies['PHPSESSID'] ?? '';
    }

    /** Asks for the page, and returns its body. */
    public function visit(): string
    {
        return $this->take($this->send('GET'))->body;
    }

    /**
     * Sends a form of the last page with these fields, and returns the body of the page that follows.
     *
     * @param array<string, mixed> $fields
     */
    public function submit(array $fields): string
    {
        return $this->post($fields + ['token' => $this->token()]);
    }

    /**
     * Sends a form with these fields and no others.
     *
     * @param array<string, mixed> $fields
     */
    public function post(array $fields): string
    {
        $answer = $this->take($this->send('POST', http_build_query($fields)));

        return preg_match('/^Location: /mi', $answer->head) === 1 ? $this->visit() : $answer->body;
    }

    /** A request that is under way, which says the visitor's cookies and who the browser is. */
    public function send(string $method, string $body = '', ?string $script = null): FpmRequest
    {
        $cookies = [];
        foreach ($this->cookies as $name => $value) {
            $cookies[] = "$name=$value";
        }

        return $this->fpm->send($script ?? $this->script, '', '', [
            'REQUEST_METHOD' => $method,
            'HTTP_COOKIE' => implode('; ', $cookies),
            'HTTP_USER_AGENT' => $this->agent,
            'REMOTE_ADDR' => $this->address,
            'CONTENT_TYPE' => $method === 'POST' ? 'application/x-www-form-urlencoded' : '',
            'CONTENT_LENGTH' => $method === 'POST' ? (string) \strlen($body) : '',
        ], $body);
    }

    public function take(FpmRequest $request): FpmAnswer
    {
        $answer = $request->answer();
        preg_match_all('/^Set-Cookie: ([^=;\s]+)=([^;\r\n]*)(.*)$/mi', $answer->head, $set, PREG_SET_ORDER);
        foreach ($set as [, $name, $value, $attributes]) {
            if ($value === '' || $value === 'deleted' || preg_match('/; *Max-Age=0/i', $attributes) === 1) {
                unset($this->cookies[$name]);
            } else {
                $this->cookies[$name] = $value;
            }
        }

        return $this->page = $answer;
    }

    private function token(): string
    {
        preg_match('/name="token" value="([0-9a-f]+)"/', $this->page->body, $match);

        return $match[1] ?? '';
    }
}
