<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/**
 * What PHP's manual advises for the cookies of sessions, where nobody has said otherwise.
 *
 * Of `session.use_only_cookies` and `session.use_trans_sid` it advises PHP's defaults: what differs, somebody has chosen.
 */
final class CookieSettings
{
    /** Sets what is missing, for the present request. An application that sets it too does so later, and wins. */
    public static function complete(): void
    {
        $settings = [];
        if (self::isOpen('session.cookie_httponly')) {
            $settings['session.cookie_httponly'] = '1';
        }
        if (PoolSettings::get('session.cookie_samesite') === '') {
            $settings['session.cookie_samesite'] = 'Lax';
        }
        if (self::isHttps() && self::isOpen('session.cookie_secure')) {
            $settings['session.cookie_secure'] = '1';
        }
        if ($settings === [] || PoolSettings::isSwitchedOff('CLOAKROOM_COOKIES')) {
            return;
        }
        foreach ($settings as $name => $value) {
            // What the operator has fixed with php_admin_value stays.
            PoolSettings::set($name, $value);
        }
    }

    /**
     * Whether nobody has chosen a flag that is off by default.
     *
     * Debian's php.ini has `session.cookie_httponly =`, without a value, and PHP's own default is `0`. PHP cannot tell that
     * from a `0` of the pool file, unless php.ini has the setting too.
     */
    private static function isOpen(string $flag): bool
    {
        $value = PoolSettings::get($flag);

        return $value === '' || ($value === '0' && !PoolSettings::isInFile($flag));
    }

    /** Whether the web server says that the browser came by HTTPS. Not X-Forwarded-Proto: anybody can send that. */
    public static function isHttps(): bool
    {
        // Not $_SERVER: PHP fills that only in requests whose code names it, and with this all would.
        return !\in_array(\strtolower((string) \getenv('HTTPS')), ['', 'off'], true)
            || \getenv('REQUEST_SCHEME') === 'https';
    }
}
