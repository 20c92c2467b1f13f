<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Example;

/** Finished HTML. Only a template can make it: all other values are text. */
final class Html
{
    private function __construct(private readonly string $html)
    {
    }

    /** @param array<string, mixed> $values what the template calls its variables */
    public static function template(string $name, array $values): self
    {
        extract($values, EXTR_SKIP);
        ob_start();
        require __DIR__ . "/../templates/$name.php";

        return new self(trim((string) ob_get_clean()));
    }

    public function __toString(): string
    {
        return $this->html;
    }
}

/** Everything that is printed goes through this: text is escaped, for contents and for attributes in double quotes. */
function e(Html|string|int $value): string
{
    return $value instanceof Html
        ? (string) $value
        : htmlspecialchars((string) $value, ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML5, 'UTF-8');
}
