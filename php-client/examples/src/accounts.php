<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Example;

/** The hash of no account's password, at the cost of the others. */
const NOBODYS_HASH = '$2y$12$DZTcUogJJsnBXQProDx/VOser5sSLmJl0eNNCKA1E3ot88bJcs.KW';

/** @return array<string, array{name: string, hash: string}> */
function accounts(): array
{
    return require __DIR__ . '/../users.php';
}

/** Whether this is the password of that account. It takes as long when there is no such account, so the time tells nobody. */
function isPassword(#[\SensitiveParameter] string $password, string $email): bool
{
    $account = accounts()[$email] ?? null;
    $matches = password_verify($password, $account['hash'] ?? NOBODYS_HASH);

    return $account !== null && $matches;
}
