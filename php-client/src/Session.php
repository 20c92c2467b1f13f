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
    /** It was destroyed while this request waited for it. */
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

    /** @internal for SessionHandler */
    public static function noteRejection(?string $reason): void
    {
        self::$rejection = $reason;
    }
}
