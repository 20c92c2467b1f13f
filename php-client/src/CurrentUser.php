<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/**
 * Whom the open session belongs to, as far as this request knows.
 *
 * @internal for OpenSession and UserRequests
 */
final class CurrentUser
{
    private const MAX_NAME = 255;

    /** Whom identify() has named; empty: nobody; null: it was not called. */
    private ?string $name = null;
    /** Whether the daemon does not know that yet. */
    public bool $isPending = false;

    /** @throws SessionException */
    public function identify(#[\SensitiveParameter] string $name): void
    {
        $this->name = self::checked($name);
        $this->isPending = true;
    }

    public function forget(): void
    {
        $this->name = null;
        $this->isPending = false;
    }

    /**
     * Whom to store with data that is about to be stored; empty: nobody; null: whom the daemon knows.
     *
     * @param string $key where the user is found in `$_SESSION`; empty: nowhere
     */
    public function toStore(string $key, bool $isChanged): ?string
    {
        if ($this->isPending) {
            return $this->name;
        }

        return $key === '' || !$isChanged ? null : self::inSession($key);
    }

    /**
     * How requests name a user: with a length.
     *
     * @param ?string $name null: the user of this session, which the daemon knows if this request does not
     *
     * @throws SessionException
     */
    public function field(#[\SensitiveParameter] ?string $name, string $key): string
    {
        $name = self::checked($name ?? $this->name ?? ($key === '' ? '' : self::inSession($key)));

        return \chr(\strlen($name)) . $name;
    }

    /** @return array<string, mixed> without the name */
    public function __debugInfo(): array
    {
        return ['pending' => $this->isPending];
    }

    /** @throws SessionException */
    private static function checked(#[\SensitiveParameter] string $name): string
    {
        if (\strlen($name) > self::MAX_NAME) {
            throw new SessionException('the name of a user has at most ' . self::MAX_NAME . ' bytes');
        }

        return $name;
    }

    /** The user in `$_SESSION`: text or a number; empty when there is none. */
    private static function inSession(string $key): string
    {
        $value = $_SESSION ?? null;
        if (\is_array($value) && isset($value[$key])) {
            $value = $value[$key];
        } else {
            foreach (\explode('.', $key) as $part) {
                $value = \is_array($value) ? $value[$part] ?? null : null;
            }
        }
        $name = \is_string($value) || \is_int($value) || \is_float($value) ? (string) $value : '';

        return \strlen($name) > self::MAX_NAME ? '' : $name;
    }
}
