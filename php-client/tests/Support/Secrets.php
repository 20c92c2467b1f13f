<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** Every session id and token that the tests have seen, to look for where none may be: in no log of any of them. */
final class Secrets
{
    /** Shorter ones, which some tests choose themselves, may stand in a log by chance. */
    private const SHORTEST = 16;

    /** @var array<string, true> */
    private static array $known = [];

    public static function note(string $secret): void
    {
        if (\strlen($secret) >= self::SHORTEST) {
            self::$known[$secret] = true;
        }
    }

    /** @throws \RuntimeException when one of them is in the text */
    public static function expectNoneIn(string $text, string $name): void
    {
        foreach (self::$known as $secret => $_) {
            if (str_contains($text, (string) $secret)) {
                throw new \RuntimeException("a session id or a token is in $name");
            }
        }
    }

    public static function count(): int
    {
        return \count(self::$known);
    }
}
