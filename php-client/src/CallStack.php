<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/**
 * Which of PHP's functions the handler works for.
 *
 * @internal for SessionHandler
 */
final class CallStack
{
    /**
     * Whether the handler is called for session_regenerate_id(). It goes on with the session's data under a new id, so it must
     * learn when the session was destroyed meanwhile; a touch has no answer.
     */
    public static function isRegenerating(): bool
    {
        // An application's calls may be deep, and looking at all of them takes long: mostly who called the handler says enough.
        foreach (\debug_backtrace(\DEBUG_BACKTRACE_IGNORE_ARGS, 6) as $caller) {
            $class = $caller['class'] ?? null;
            if ($class !== SessionHandler::class && $class !== self::class) {
                break;
            }
            $caller = null;
        }
        if ($caller === null || ($caller['function'] === 'session_write_close' && !isset($caller['class']))) {
            return false;
        }
        foreach (\debug_backtrace(\DEBUG_BACKTRACE_IGNORE_ARGS) as $call) {
            if ($call['function'] === 'session_regenerate_id' && !isset($call['class'])) {
                return true;
            }
        }

        return false;
    }

    /**
     * Whether the method that calls this was called by PHP itself, and not by a handler of the application around the handler.
     * Only such a one can end a request without a call of close() or a shutdown function, and it takes time to be prepared for that.
     */
    public static function isCalledByPhp(): bool
    {
        $caller = \debug_backtrace(\DEBUG_BACKTRACE_IGNORE_ARGS, 3)[2] ?? null;

        return $caller !== null && !isset($caller['class']) && \str_starts_with($caller['function'], 'session_');
    }
}
