<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

/*
 * What `cloakroomctl audit` asks a pool of PHP-FPM, in the place of the web server: which settings of sessions hold in it, whether
 * prepend.php has run, and whether it reaches the daemon.
 *
 * It answers only when FPM runs it as the script of a request that has CLOAKROOM_AUDIT among its FastCGI parameters, which no browser
 * can put there. To all others it is a page that does not exist. The answer has no secret: not the save path, which may have a
 * password of Redis, and nothing of a session, since none is started.
 */

(static function (): void {
    // Without S in variables_order, or with getenv() disabled, there is one of the two.
    $parameter = static fn (string $name): string
        => (string) ($_SERVER[$name] ?? (\function_exists('getenv') ? \getenv($name) : ''));
    $nonce = $parameter('CLOAKROOM_AUDIT');
    if (
        \PHP_SAPI !== 'fpm-fcgi'
        || \preg_match('/^[0-9a-f]{32}$/D', $nonce) !== 1
        || \realpath($parameter('SCRIPT_FILENAME')) !== __FILE__
    ) {
        \http_response_code(404);

        return;
    }

    // OPcache computes the value of a name that stands in the call for all pools, by the first of them.
    $read = static fn (string $name): array => [$name => (string) \ini_get($name)];
    $settings = [];
    $all = \extension_loaded('session') && \function_exists('ini_get_all') ? \ini_get_all('session') : false;
    foreach ($all === false ? [] : $all as $name => $values) {
        // Not the local value: prepend.php changes some.
        $settings[$name] = (string) $values['global_value'];
    }
    $savePath = $settings['session.save_path'] ?? null;
    unset($settings['session.save_path']);
    $settings += $read('auto_prepend_file');

    $prepended = \defined('Cloakroom\PREPENDED');
    $isHandler = $prepended && \class_exists('Cloakroom\SessionHandler', false) && \session_module_name() === 'user';
    $daemon = null;
    if ($isHandler) {
        $address = \Cloakroom\SocketAddress::find((string) \session_save_path());
        try {
            (new \Cloakroom\Connection($address, false))->ping();
            $daemon = '';
        } catch (\Cloakroom\Failure $failure) {
            $daemon = $failure->getMessage();
        }
    }

    \header('Content-Type: application/json');
    \header('Cache-Control: no-store');
    echo \json_encode([
        'nonce' => $nonce,
        'php' => \PHP_VERSION,
        'settings' => (object) $settings,
        'savePathMatches' => $savePath === null || $savePath === $parameter('CLOAKROOM_AUDIT_SAVE_PATH'),
        'prepended' => $prepended,
        'handler' => $isHandler,
        'daemon' => $daemon,
    ], \JSON_INVALID_UTF8_SUBSTITUTE);
})();
