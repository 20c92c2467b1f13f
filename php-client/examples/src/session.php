<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Example;

use Cloakroom\RememberMe;
use Cloakroom\Session;
use Cloakroom\SessionException;

/** False when cloakroomd cannot be reached. The drop-in makes cookies HttpOnly, SameSite=Lax and, with HTTPS, Secure. */
function startSession(): bool
{
    // Without PHP's own headers against caches: ours says the same.
    return session_start(['cache_limiter' => '']);
}

/** The token that every form has to bring, so that no other site can send one in the visitor's name. */
function token(): string
{
    return $_SESSION['token'] ??= bin2hex(random_bytes(16));
}

/** @return array{email: string, name: string, since: int, isRemembered: bool}|null who is logged in */
function user(): ?array
{
    return $_SESSION['user'] ?? null;
}

/**
 * @param ?int $since when that was, if it is not now
 *
 * @throws SessionException
 */
function logIn(string $email, ?int $since = null): void
{
    // A new id, and the old one dead: an id that somebody planted in the browser before is worth nothing.
    if (!session_regenerate_id(true)) {
        throw new SessionException('no new id for the log-in');
    }
    // So that the user's sessions can be listed and ended.
    Session::identify($email);
    // Nothing from before the log-in stays, nor does the token.
    $_SESSION = ['user' => ['email' => $email, 'name' => accounts()[$email]['name'], 'since' => $since ?? time(), 'isRemembered' => false]];
}

/** Remembers a visitor who wants that, and forgets any other: somebody else may have used this browser. */
function remember(string $email, bool $isWanted): void
{
    $isWanted ? RememberMe::issue($email) : RememberMe::forget();
    $_SESSION['user']['isRemembered'] = $isWanted;
}

/** Logs in a visitor who comes back, if there is a cookie for that. */
function recognise(): void
{
    try {
        $email = RememberMe::redeem();
        if ($email === null) {
            return;
        }
        if (!isset(accounts()[$email])) {
            // The account is no more.
            RememberMe::forget();

            return;
        }
        // Not a log-in: what asks how old that is must not take this for one.
        logIn($email, RememberMe::issuedAt()?->getTimestamp());
        $_SESSION['user']['isRemembered'] = true;
        say('Welcome back. You were remembered on this device.');
    } catch (SessionException $exception) {
        // A log-in with the password is still possible.
        error_log($exception->getMessage());
    }
}

/** @throws SessionException */
function logOut(string $message): void
{
    RememberMe::forget();
    $_SESSION = [];
    if (!session_destroy()) {
        throw new SessionException('the session could not be destroyed');
    }
    // Another session, with another id, for the message.
    unset($_COOKIE[session_name()]);
    startSession();
    say($message);
}

/** Keeps a message for the next page. */
function say(string $message): void
{
    $_SESSION['message'] = $message;
}

/** The message for this page, once. */
function said(): ?string
{
    $message = $_SESSION['message'] ?? null;
    unset($_SESSION['message']);

    return $message;
}

/** What to tell a visitor whose session was refused; null when it was not. */
function rejection(): ?string
{
    return match (Session::rejection()) {
        null => null,
        Session::IDLE => 'Your session has timed out, because you did nothing for a while. Please log in again.',
        Session::ABSOLUTE => 'Your session has reached the longest time that is allowed. Please log in again.',
        Session::ADDRESS => 'You are in another network than before. To be sure that it is you, please log in again.',
        Session::AGENT => 'This session belongs to another browser. Please log in with this one.',
        Session::DESTROYED => 'You have just been logged out, in another window or from another device.',
        Session::REUSED => 'Your browser has sent an outdated session. Please log in again. If you see this often, somebody else may be '
            . 'using your account: then choose “Log out everywhere”.',
        // Also those that another device has ended.
        Session::UNKNOWN => 'Your session is over: it was ended, perhaps from another device, or it has expired. Please log in again.',
        default => 'Your session cannot be continued. Please log in again.',
    };
}
