<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/**
 * PHP's settings and functions, as they are in the pool that runs this.
 *
 * OPcache computes `ini_get()` and `function_exists()` of a name that stands in the code when it compiles the code, if a
 * request cannot change the answer: `php_admin_value`, `disable_functions`. All pools of one PHP-FPM share what is compiled, and
 * would share the settings of the pool whose request came first: its daemon's socket, for one. A name that is a parameter is asked
 * for each time.
 */
final class PoolSettings
{
    /** The value of a setting; empty when there is no such setting. */
    public static function get(string $name): string
    {
        return (string) \ini_get($name);
    }

    /** Changes a setting for the present request; false when the operator has fixed it, or has disabled the function. */
    public static function set(string $name, string $value): bool
    {
        return self::hasFunction('ini_set') && @\ini_set($name, $value) !== false;
    }

    /** Whether a configuration file, as php.ini, names a setting, with a value or without. Pool files do not count. */
    public static function isInFile(string $name): bool
    {
        return self::hasFunction('get_cfg_var') && \get_cfg_var($name) !== false;
    }

    /** Whether a variable of the environment is `off`, `0`, `no` or `false`. */
    public static function isSwitchedOff(string $variable): bool
    {
        $word = \getenv($variable);

        return $word !== false && \in_array(\strtolower($word), ['off', '0', 'no', 'false'], true);
    }

    /** Whether PHP has a function that operators may disable. */
    public static function hasFunction(string $name): bool
    {
        return \function_exists($name);
    }
}
