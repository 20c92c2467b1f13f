<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

/*
 * The drop-in: `auto_prepend_file = …/php-client/prepend.php` and an application keeps its sessions in cloakroomd.
 *
 * It ends the request rather than let sessions go on in plain-text files: an error here is fatal, on purpose.
 */

namespace Cloakroom;

if (\defined('Cloakroom\PREPENDED')) {
    return;
}
const PREPENDED = true;

(static function (): void {
    if (!\extension_loaded('session')) {
        \trigger_error('Cloakroom: PHP has no session extension: there are no sessions to keep', \E_USER_WARNING);

        return;
    }
    if (!\class_exists(SessionHandler::class, false)) {
        require __DIR__ . '/classes.php';
    } else {
        // From opcache.preload or from Composer, which may have left some out.
        $classes = ['Failure', 'PoolSettings', 'CookieSettings', 'SocketAddress', 'SessionId', 'Memory', 'Guard', 'RequestLabel',
            'BrowserClaims', 'Frame', 'Greeting', 'Stream', 'Connection', 'Session', 'SessionException', 'CurrentUser',
            'OldSession', 'OldSessions', 'ReadThrough', 'OpenSession', 'CallStack', 'UserRequests', 'UserSession', 'RememberMe'];
        foreach ($classes as $class) {
            \class_exists(__NAMESPACE__ . "\\$class", false) || require __DIR__ . "/src/$class.php";
        }
    }

    $savePath = (string) \session_save_path();
    $wasSafe = \str_starts_with($savePath, SocketAddress::SCHEME);
    $wasStarted = \session_status() === \PHP_SESSION_ACTIVE;
    if ($wasStarted) {
        // Closed without being written. With auto_start the application expects a session: it fails, and is seen.
        \session_abort();
    }

    $socket = SocketAddress::find($savePath);
    $handler = new SessionHandler($socket);
    try {
        // Not true: with PHP's shutdown function a session that is changed by a header callback is lost.
        $isSet = \session_set_save_handler($handler, false);
    } catch (\Error $error) {
        // PHP 8.2.36 refuses every change of a session setting while it would keep the progress of uploads.
        throw new \RuntimeException(
            'Cloakroom could not be made the save handler: '
            . 'set session.upload_progress.enabled = 0 in php.ini or in the pool file: ' . $error->getMessage(),
        );
    }
    if (!$isSet) {
        throw new \RuntimeException('Cloakroom could not be made the save handler: include this before any output');
    }

    $settings = [
        // PHP's own `files` handler cannot open anything here: an application that falls back to it fails.
        'session.save_path' => SocketAddress::SCHEME . $socket,
        // With it on, PHP calls our updateTimestamp in place of an application's own write callback.
        'session.lazy_write' => '0',
    ];
    if (SessionId::isStrict()) {
        $settings['session.use_strict_mode'] = '1';
    }
    foreach ($settings as $name => $value) {
        // The operator may have fixed a setting with php_admin_value, or disabled the function.
        if (PoolSettings::get($name) !== $value) {
            PoolSettings::set($name, $value);
        }
    }
    CookieSettings::complete();

    \register_shutdown_function(static function () use ($handler): void {
        if (
            \session_id() !== ''
            && !\str_starts_with((string) \session_save_path(), SocketAddress::SCHEME)
            && (\session_module_name() !== 'user' || !$handler->wasOpened())
        ) {
            \trigger_error(
                'Cloakroom: the application has set a save handler and a save path of its own, '
                . 'so this session is not kept in cloakroomd',
                \E_USER_WARNING,
            );
        }
    });

    // Last, since a warning that is shown is output, after which nothing can be set.
    if ($wasStarted) {
        \trigger_error(
            'Cloakroom: a session was started before this file was read, and has been abandoned: '
            . 'set session.auto_start = 0 in php.ini or in the pool file',
            \E_USER_WARNING,
        );
    }
    if (!\str_starts_with((string) \session_save_path(), SocketAddress::SCHEME)) {
        \trigger_error(
            'Cloakroom: session.save_path cannot be set here, so an application could go back to plain-text files: '
            . "set session.save_path = \"unix://$socket\" in php.ini or in the pool file",
            \E_USER_WARNING,
        );
    }
    if (
        !$wasSafe
        && $_FILES !== []
        && PoolSettings::get('session.upload_progress.enabled')
        && isset($_POST[PoolSettings::get('session.upload_progress.name')])
    ) {
        \trigger_error(
            'Cloakroom: PHP has kept the progress of this upload in a plain-text session: '
            . 'set session.upload_progress.enabled = 0 in php.ini or in the pool file',
            \E_USER_WARNING,
        );
    }
})();
