<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Example;

use Cloakroom\Session;
use Cloakroom\SessionException;

/**
 * Does what the form asks for, and goes back to the page.
 *
 * @return array{int, string} if it cannot: the status, and what to tell the visitor
 */
function act(): array
{
    if (!hash_equals(token(), field('token'))) {
        return [403, 'That form was out of date, so nothing was done. Please try again.'];
    }
    try {
        $problem = user() === null ? actAsVisitor() : actAsUser();
    } catch (SessionException $exception) {
        error_log($exception->getMessage());
        $problem = [503, 'That did not work. Please try again later.'];
    }

    return $problem ?? backToPage();
}

/** @return array{int, string}|null */
function actAsVisitor(): ?array
{
    if (field('action') !== 'log in') {
        return [403, 'Please log in first.'];
    }
    $email = trim(field('email'));
    if (!isPassword(field('password'), $email)) {
        // Not which of the two: that would tell who has an account.
        return [422, 'The e-mail address or the password is wrong.'];
    }
    logIn($email);
    remember($email, field('remember') === 'yes');

    return null;
}

/** @return array{int, string}|null */
function actAsUser(): ?array
{
    switch (field('action')) {
        case 'log out':
            logOut('You are logged out.');

            return null;
        case 'end':
            // The daemon looks for the tag among the sessions of this user only.
            $tag = field('session');
            $hasEnded = preg_match('/^[0-9a-f]{12}$/D', $tag) === 1 && Session::end($tag);
            // If that device was remembered it is no more.
            say($hasEnded ? 'That device is logged out.' : 'That session was over already.');

            return null;
        case 'log out others':
            $ended = Session::endOthers();
            // No device is remembered now, not even this one.
            remember(user()['email'], user()['isRemembered']);
            say($ended === 1 ? 'One other session has ended.' : "$ended other sessions have ended.");

            return null;
        case 'log out everywhere':
            Session::endAll();
            logOut('You are logged out everywhere.');

            return null;
        default:
            return [400, 'That is not possible here.'];
    }
}
