<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

// Debian's PHPUnit comes without Composer, so the tests load their classes themselves.
spl_autoload_register(static function (string $class): void {
    foreach (['Cloakroom\\Tests\\' => __DIR__, 'Cloakroom\\' => __DIR__ . '/../src'] as $prefix => $folder) {
        if (str_starts_with($class, $prefix)) {
            $file = $folder . '/' . strtr(substr($class, strlen($prefix)), '\\', '/') . '.php';
            if (is_file($file)) {
                require $file;
            }

            return;
        }
    }
});
