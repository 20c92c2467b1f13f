<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/**
 * "Remember me": a cookie by which an application knows a user again whose session is over. Only for users who want that.
 *
 *     // After a log-in with the box ticked:
 *     Cloakroom\RememberMe::issue($account->id);
 *
 *     // On each page, when the session has no user:
 *     $user = Cloakroom\RememberMe::redeem();
 *     if ($user !== null && ($account = find($user))) {
 *         session_regenerate_id(true);
 *         $_SESSION['user'] = $user;
 *         $_SESSION['loggedIn'] = Cloakroom\RememberMe::issuedAt()->getTimestamp();
 *         Cloakroom\Session::identify($user);
 *     }
 *
 *     // When the user logs out:
 *     Cloakroom\RememberMe::forget();
 *     session_destroy();
 *
 * What the cookie has is good for one use, and is then replaced; the daemon stores a hash of it. It ends with the session that it has begun
 * or that was open when it was issued, when that is destroyed or ended by Session::end(), and not when it times out. Session::endAll() and
 * endOthers() end all of a user's. No session need be open, but the answer's headers must not have been sent.
 */
final class RememberMe
{
    private const REMEMBER = 12;
    private const REDEEM = 13;
    private const FORGET = 14;
    private const DESTROYED = "\x85";
    private const ISSUED = "\x8b";
    private const REMEMBERED = "\x8c";
    private const NOT_REMEMBERED = "\x8d";

    private const TOKEN_SIZE = 48;
    private const MAX_USER = 255;

    /** The connection that was made while no session was open, and where to. */
    private static ?Connection $connection = null;
    private static string $address = '';
    private static ?\DateTimeImmutable $issued = null;

    /**
     * Sets a cookie by which this browser's user is known again, for as long as `remember_me.lifetime` says. One that the browser has
     * ends.
     *
     * @param string|int $user what the application calls the user, as in Session::identify()
     *
     * @throws SessionException
     */
    public static function issue(#[\SensitiveParameter] string|int $user): void
    {
        $user = (string) $user;
        if ($user === '' || \strlen($user) > self::MAX_USER) {
            throw new SessionException('the name of a user has 1 to ' . self::MAX_USER . ' bytes');
        }
        self::requireHeaders();
        $token = self::token();
        if ($token !== null) {
            self::ask(self::FORGET, $token, self::DESTROYED);
        }
        $answer = self::ask(self::REMEMBER, \chr(\strlen($user)) . $user, self::ISSUED);
        self::keep(\substr($answer, 5));
    }

    /**
     * The user whom this browser's cookie stands for; null when it has none, or none that is any good, which is then deleted.
     *
     * The cookie gets a new value, unless another request of this browser has got one a moment ago.
     *
     * @throws SessionException when it cannot be said whose it is; the cookie is as good as before
     */
    public static function redeem(): ?string
    {
        self::$issued = null;
        if (self::cookie() === '') {
            return null;
        }
        self::requireHeaders();
        $token = self::token();
        $answer = $token === null ? '' : self::ask(self::REDEEM, $token, self::REMEMBERED, self::NOT_REMEMBERED);
        if ($answer === '' || $answer[4] === self::NOT_REMEMBERED) {
            self::delete();

            return null;
        }
        $offset = 6;
        if ($answer[5] !== "\0") {
            self::keep(\substr($answer, $offset));
            $offset += self::TOKEN_SIZE + 4;
        }
        self::$issued = new \DateTimeImmutable('@' . \unpack('J', $answer, $offset)[1]);

        return \substr($answer, $offset + 9);
    }

    /**
     * When issue() was called for the cookie by which this request's redeem() has known the user: the time of the log-in, if the
     * application calls it there; null when redeem() has named no user.
     *
     * A session that begins so is not a log-in. To keep in it when that was lets a page that needs more than to know who it is ask for a
     * new one.
     */
    public static function issuedAt(): ?\DateTimeImmutable
    {
        return self::$issued;
    }

    /**
     * Deletes this browser's cookie, and ends what it stands for.
     *
     * @throws SessionException when that could not be ended; the cookie is deleted
     */
    public static function forget(): void
    {
        if (self::cookie() === '') {
            return;
        }
        self::requireHeaders();
        $token = self::token();
        self::delete();
        if ($token !== null) {
            self::ask(self::FORGET, $token, self::DESTROYED);
        }
    }

    /**
     * The connection on which the daemon has learnt of this browser's cookie before a session was opened, if it is one to this address.
     * The session goes on with it, so that it is linked to what the cookie stands for, and ends that with it.
     *
     * @internal for SessionHandler
     */
    public static function connectionTo(string $address): ?Connection
    {
        return self::$address === $address ? self::$connection : null;
    }

    /** What the browser has; empty for nothing. */
    private static function cookie(): string
    {
        $cookie = $_COOKIE[self::name()] ?? '';

        return \is_string($cookie) ? $cookie : '-';
    }

    /** The token in it; null when it has none. */
    private static function token(): ?string
    {
        $cookie = self::cookie();

        return \preg_match('/^[A-Za-z0-9_-]{64}$/D', $cookie) === 1 ? \base64_decode(\strtr($cookie, '-_', '+/'), true) : null;
    }

    /** Sets the cookie. The fields are a token, for how long, and what may follow. */
    private static function keep(#[\SensitiveParameter] string $fields): void
    {
        $value = \strtr(\base64_encode(\substr($fields, 0, self::TOKEN_SIZE)), '+/', '-_');
        self::setCookie($value, \time() + \unpack('N', $fields, self::TOKEN_SIZE)[1]);
        // For the rest of this request: it is what the browser has from now on.
        $_COOKIE[self::name()] = $value;
    }

    private static function delete(): void
    {
        self::setCookie('', 1);
        unset($_COOKIE[self::name()]);
    }

    private static function setCookie(#[\SensitiveParameter] string $value, int $expires): void
    {
        \setcookie(self::name(), $value, [
            'expires' => $expires,
            'path' => '/',
            'secure' => CookieSettings::isHttps(),
            'httponly' => true,
            'samesite' => 'Lax',
        ]);
    }

    /** With this prefix a browser takes it from no other host, and by HTTPS only. */
    private static function name(): string
    {
        return CookieSettings::isHttps() ? '__Host-remember' : 'remember';
    }

    /** @throws SessionException */
    private static function requireHeaders(): void
    {
        if (\headers_sent()) {
            throw new SessionException('the cookie can no longer be set: this has to be called before any output');
        }
    }

    /**
     * @return string the frame of the answer
     *
     * @throws SessionException
     */
    private static function ask(int $operation, #[\SensitiveParameter] string $fields, string ...$expected): string
    {
        // Not one of its own beside that of an open session: to PHP both are one socket, and to the daemon one client, which would give
        // back the session's lock.
        $connection = SessionHandler::connection()
            ?? (self::$connection ??= new Connection(self::$address = SocketAddress::find((string) \session_save_path())));
        try {
            $answer = $connection->ask(Frame::of($operation, $fields));
            if (!\in_array($answer[4], $expected, true)) {
                throw $connection->unexpected();
            }
        } catch (Failure $failure) {
            throw new SessionException($failure->getMessage(), $failure->getCode());
        }

        return $answer;
    }
}
