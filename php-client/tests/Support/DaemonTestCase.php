<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

use Cloakroom\SessionHandler;
use PHPUnit\Framework\TestCase;

/** A test class with a daemon of its own, whose log is shown when a test fails. */
abstract class DaemonTestCase extends TestCase
{
    protected const CONFIGURATION = '';

    protected static Daemon $daemon;
    protected TemporaryDirectory $directory;

    public static function setUpBeforeClass(): void
    {
        self::$daemon = new Daemon(static::CONFIGURATION);
    }

    public static function tearDownAfterClass(): void
    {
        self::$daemon->remove();
    }

    protected function setUp(): void
    {
        $this->directory = new TemporaryDirectory();
    }

    protected function tearDown(): void
    {
        $this->directory->remove();
    }

    protected function onNotSuccessfulTest(\Throwable $throwable): void
    {
        fwrite(STDERR, "\ncloakroomd's log of " . static::class . ":\n" . self::$daemon->log());
        parent::onNotSuccessfulTest($throwable);
    }

    /** Whether the tests that put the daemon under load are to take their longer form. */
    protected static function isTorture(): bool
    {
        return getenv('CLOAKROOM_TORTURE') === 'full';
    }

    /**
     * @param array<string, string> $environment
     * @param array<string, string> $settings
     */
    protected function start(string $script, array $environment = [], array $settings = []): Php
    {
        $environment += ['CLOAKROOM_SOCKET' => self::$daemon->socket];

        return new Php($this->directory->path, $script, $environment, $settings);
    }

    /**
     * @param array<string, string> $environment
     * @param array<string, string> $settings
     */
    protected function php(string $script, array $environment = [], array $settings = []): Outcome
    {
        return $this->start($script, $environment, $settings)->finish();
    }

    /** An open handler in this process, with a connection of its own. */
    protected function handler(): SessionHandler
    {
        $handler = new SessionHandler(self::$daemon->alias());
        $handler->open('', 'PHPSESSID');

        return $handler;
    }

    /** Stores a session and returns its id. */
    protected function stored(string $data): string
    {
        $handler = $this->handler();
        $id = $handler->create_sid();
        Secrets::note($id);
        self::assertSame('', $handler->read($id));
        self::assertTrue($handler->write($id, $data));
        $handler->close();

        return $id;
    }

    /** Reads a session under its lock from this process, which is not that of an FPM pool. */
    protected function readHere(string $id): string
    {
        $handler = $this->handler();
        $data = $handler->read($id);
        $handler->close();

        return (string) $data;
    }

    /**
     * What a call returns, and the messages of PHP's warnings in it.
     *
     * @param callable(): mixed $call
     *
     * @return array{mixed, list<string>}
     */
    protected static function warningsOf(callable $call): array
    {
        $warnings = [];
        set_error_handler(static function (int $level, string $message) use (&$warnings): bool {
            $warnings[] = $message;

            return true;
        });
        try {
            return [$call(), &$warnings];
        } finally {
            restore_error_handler();
        }
    }
}
