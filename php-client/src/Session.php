<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/** What an application can ask about its session. */
final class Session
{
    /** It was not used for too long. */
    public const IDLE = 'idle';
    /** It has lived for as long as a session may. */
    public const ABSOLUTE = 'absolute';
    /** It belongs to a browser in another network. */
    public const ADDRESS = 'address';
    /** It belongs to another browser. */
    public const AGENT = 'user agent';
    /** There is no such session, or there has been none for a long time. */
    public const UNKNOWN = 'unknown id';
    /** It was destroyed while this request waited for it, or before, while the site moves (`sessions.read_through`). */
    public const DESTROYED = 'destroyed';
    /** Its id was replaced by another. */
    public const REUSED = 'reused';

    private static ?string $rejection = null;

    /**
     * Why the session that the browser asked for was refused, so that it got a new and empty one; null when it was not.
     *
     *     session_start();
     *     if (Cloakroom\Session::rejection() === Cloakroom\Session::IDLE) {
     *         echo 'Your session has timed out. Please log in again.';
     *     }
     *
     * One of the constants of this class. It is that of the last session_start() of the present request.
     */
    public static function rejection(): ?string
    {
        return self::$rejection;
    }

    /**
     * Says that this session belongs to a user, from the end of the request or session_write_close() on: after a log-in. With an
     * empty string it belongs to nobody any more: after a log-out that keeps the session. For the user whose it is already, the time of the
     * log-in begins anew: call it when a user has shown who he is, not in every request.
     *
     *     session_regenerate_id(true);
     *     Cloakroom\Session::identify($account->id);
     *
     * @param string|int $user what the application calls the user: up to 255 bytes that stay the same. It is stored sealed.
     *
     * @throws SessionException
     */
    public static function identify(#[\SensitiveParameter] string|int $user): void
    {
        self::requests()->identify((string) $user);
    }

    /**
     * A user's sessions, the one used last in front, at most 1,000: what was stored, so this one only if it belonged to the user before
     * this request.
     *
     * @param ?string $user null: the user of this session
     *
     * @return list<UserSession>
     *
     * @throws SessionException
     */
    public static function sessions(#[\SensitiveParameter] ?string $user = null): array
    {
        return UserSession::listOf(self::requests()->list($user));
    }

    /**
     * Ends one of the sessions of the user of this session; false when there is none with this tag.
     *
     * @param string $tag as UserSession has it
     *
     * @throws SessionException
     */
    public static function end(string $tag): bool
    {
        if (\preg_match('/^[0-9a-f]{12}$/D', $tag) !== 1) {
            throw new SessionException('the tag of a session has 12 hexadecimal digits');
        }

        return self::requests()->end(2, null, \hex2bin($tag)) > 0;
    }

    /**
     * Ends all other sessions of the user of this session, and answers how many.
     *
     * @throws SessionException
     */
    public static function endOthers(): int
    {
        return self::requests()->end(1, null);
    }

    /**
     * Ends all sessions of a user, and answers how many. If this one is among them, what the request still changes in it is not kept.
     *
     * @param ?string $user null: the user of this session
     *
     * @throws SessionException
     */
    public static function endAll(#[\SensitiveParameter] ?string $user = null): int
    {
        return self::requests()->end(0, $user);
    }

    /** @internal for SessionHandler */
    public static function noteRejection(?string $reason): void
    {
        self::$rejection = $reason;
    }

    /** @throws SessionException */
    private static function requests(): UserRequests
    {
        return new UserRequests(SessionHandler::active());
    }
}
