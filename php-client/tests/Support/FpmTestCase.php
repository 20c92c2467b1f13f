<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** A test class whose tests start a PHP-FPM of their own, whose log is shown when a test fails. */
abstract class FpmTestCase extends DaemonTestCase
{
    protected ?Fpm $fpm = null;

    protected function tearDown(): void
    {
        $this->fpm?->remove();
        $this->fpm = null;
        parent::tearDown();
    }

    protected function onNotSuccessfulTest(\Throwable $throwable): void
    {
        fwrite(STDERR, "\nPHP-FPM's log: " . $this->fpm?->log());
        parent::onNotSuccessfulTest($throwable);
    }

    /** @param array<string, string> $settings more lines of the pool */
    protected function fpm(int $workers = 4, array $settings = []): Fpm
    {
        return $this->fpm = new Fpm(self::$daemon->socket, $workers, $settings);
    }
}
