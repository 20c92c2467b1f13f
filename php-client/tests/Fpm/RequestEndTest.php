<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

use Cloakroom\Tests\Support\Fpm;
use Cloakroom\Tests\Support\FpmRequest;
use Cloakroom\Tests\Support\FpmTestCase;
use Cloakroom\Tests\Support\Wait;

/**
 * However a request ends, the session's next request starts, and the worker's next request finds nothing of it.
 *
 * A page notes the last moment at which it lives; another request, which waits for the same session in another PHP-FPM,
 * notes when it has got it.
 */
final class RequestEndTest extends FpmTestCase
{
    private const LIMIT_MILLISECONDS = 100.0;
    /** A machine that is busy with something else may be late; a lock that is left behind is late every time. */
    private const TRIES = 3;

    private const BEGIN = <<<'PHP'
        function alive(): void
        {
            file_put_contents(__DIR__ . '/state/alive', (string) hrtime(true));
        }
        /** Waits for the other request, which then is behind this one in the queue. */
        function awaitOther(): void
        {
            while (!file_exists(__DIR__ . '/state/go')) {
                usleep(500);
            }
        }
        session_start();
        touch(__DIR__ . '/state/locked');
        awaitOther();
        $_SESSION['v'] = 'after';
        alive();

        PHP;
    /** An application's save handler around the one of this package, which fails before that is asked to write. */
    private const DECORATOR = <<<'PHP'
        final class Decorator extends SessionHandler
        {
            private Cloakroom\SessionHandler $inner;

            public function __construct()
            {
                $this->inner = new Cloakroom\SessionHandler();
            }

            public function open(string $path, string $name): bool
            {
                return $this->inner->open($path, $name);
            }

            public function close(): bool
            {
                return $this->inner->close();
            }

            public function read(string $id): string|false
            {
                return $this->inner->read($id);
            }

            public function write(string $id, string $data): bool
            {
                throw new Exception('from the save handler');
            }
        }
        session_set_save_handler(new Decorator(), false);
        ini_set('session.use_strict_mode', '0');

        PHP;
    private const NEXT = <<<'PHP'
        file_put_contents(__DIR__ . '/state/pid', (string) getmypid());
        rename(__DIR__ . '/state/pid', __DIR__ . '/state/waiting');
        session_start();
        echo json_encode(['start' => hrtime(true), 'v' => $_SESSION['v'] ?? null]);
        PHP;
    private const COUNT = 'session_start(); echo $_SESSION["count"] = ($_SESSION["count"] ?? 0) + 1;';

    private static int $ends = 0;
    private static float $longest = 0;

    private ?Fpm $others = null;

    public static function tearDownAfterClass(): void
    {
        parent::tearDownAfterClass();
        fprintf(
            STDERR,
            "\n%d ends of a request: the next request of the session started within %.1f ms of each\n",
            self::$ends,
            self::$longest,
        );
    }

    protected function tearDown(): void
    {
        $this->others?->remove();
        $this->others = null;
        parent::tearDown();
    }

    /**
     * @dataProvider ends
     *
     * @param string                $end      what the page does, as its last
     * @param string                $left     what is in the session then
     * @param string                $output   a part of the page's output or of PHP-FPM's log
     * @param array<string, string> $settings of the pool
     * @param string                $before   what the page does before its session
     */
    public function testNextRequestStarts(
        string $end,
        string $left,
        string $output,
        array $settings = [],
        string $before = '',
    ): void {
        $this->site($before . self::BEGIN . $end, $settings);
        $this->assertNextStarts(function (FpmRequest $ending) use ($left, $output): array {
            $answer = $ending->answer();
            // FPM's master logs the end of a worker when it comes to it.
            Wait::until(
                fn (): bool => str_contains($answer->body . $this->fpm->log(), $output),
                "'$output' in: $answer->body" . $this->fpm->log(),
            );

            return [$left, $answer->body];
        });
    }

    /** @dataProvider attitudes */
    public function testNextRequestStartsWhenTheClientIsGone(bool $ignore): void
    {
        $this->site(self::BEGIN . 'ignore_user_abort(' . var_export($ignore, true) . ");
" . <<<'PHP'
            while (!connection_aborted()) {
                alive();
                echo '.';
                flush();
                usleep(1000);
            }
            touch(__DIR__ . '/state/noticed');
            usleep(300_000);
            $_SESSION['v'] = 'later';
            alive();
            PHP, []);
        $this->assertNextStarts(function (FpmRequest $ending) use ($ignore): array {
            $this->fpm->awaitFile('alive');
            $ending->hangUp();

            return [$ignore ? 'later' : 'after', ''];
        });
        self::assertSame($ignore, file_exists($this->fpm->directory . '/state/noticed'));
    }

    /** @return iterable<string, array{bool}> */
    public function attitudes(): iterable
    {
        yield 'and PHP ends the page' => [false];
        yield 'and the page goes on' => [true];
    }

    /** @return iterable<string, array{0: string, 1: string, 2: string, 3?: array<string, string>, 4?: string}> */
    public function ends(): iterable
    {
        yield 'normal end' => ['echo "done";', 'after', 'done'];
        yield 'closed in the page' => ['session_write_close(); alive(); usleep(300_000);', 'after', ''];
        yield 'exit' => ['exit("bye");', 'after', 'bye'];
        yield 'uncaught exception' => ['throw new Exception("thrown");', 'after', 'Uncaught Exception: thrown'];
        yield 'finished for the client' => [
            'echo "done"; fastcgi_finish_request(); usleep(300_000); $_SESSION["v"] = "later"; alive();',
            'later',
            'done',
        ];
        yield 'fatal error in a shutdown function' => [
            'register_shutdown_function(function () { alive(); missing(); });',
            'after',
            'Call to undefined function missing()',
        ];
        yield 'exit in a shutdown function' => ['register_shutdown_function(fn () => exit("bye"));', 'after', 'bye'];
        yield from $this->limits();
        yield from $this->failures();
        yield from $this->kills();
    }

    /** @return iterable<string, array{0: string, 1: string, 2: string, 3?: array<string, string>, 4?: string}> */
    private function limits(): iterable
    {
        $memory = 'Allowed memory size';
        yield 'memory limit' => ['$hog = str_repeat("x", 1 << 40);', 'after', $memory];
        yield 'memory limit, in small pieces' => [
            'ini_set("memory_limit", "4M"); for ($list = null;;) { $list = (object) ["next" => $list]; }',
            'after',
            $memory,
        ];
        // What is used up here is not freed before PHP saves the session.
        $full = '$_SESSION["more"] = str_repeat("x", 30_000); alive(); function fill() { static $hog = null; for (;;) {'
            . ' $hog = [$hog, str_repeat("x", 100), str_repeat("x", 3000)]; } } fill();';
        yield 'memory limit, nothing left for the session' => ["ini_set('memory_limit', '16M'); $full", 'after', $memory];
        yield 'memory limit, nothing left for the session, and fixed' => [
            $full,
            'before',
            $memory,
            ['php_admin_value[memory_limit]' => '16M'],
        ];
        yield 'max_execution_time' => ['set_time_limit(1); for (;;) { alive(); }', 'after', 'Maximum execution time'];
        yield 'max_execution_time in a shutdown function' => [
            'register_shutdown_function(function () { set_time_limit(1); for (;;) { alive(); } });',
            'after',
            'Maximum execution time',
        ];
    }

    /** @return iterable<string, array{0: string, 1: string, 2: string, 3?: array<string, string>, 4?: string}> */
    private function failures(): iterable
    {
        $throws = 'set_error_handler(static fn (int $level, string $message) => throw new ErrorException($message));';
        $big = '$_SESSION["big"] = str_repeat("x", 5 << 20); alive();';
        $warning = 'Cloakroom: session data too large';
        yield 'too large' => [$big, 'before', $warning];
        yield 'too large, error handler throws' => ["$throws $big", 'before', $warning];
        yield 'too large, error handler throws in the page' => ["$throws $big session_write_close();", 'before', $warning];
        yield 'too large, error handler exits in the page' => [
            "set_error_handler(static fn () => exit('over')); $big session_write_close();",
            'before',
            'over',
        ];
        $thrown = 'Uncaught Exception: from the save handler';
        yield 'save handler throws in the page' => ['session_write_close();', 'before', $thrown, [], self::DECORATOR];
        yield 'save handler throws' => ['', 'before', $thrown, [], self::DECORATOR];
    }

    /** @return iterable<string, array{0: string, 1: string, 2: string, 3?: array<string, string>, 4?: string}> */
    private function kills(): iterable
    {
        yield 'worker killed' => ['posix_kill(getmypid(), 9);', 'before', 'exited on signal 9 (SIGKILL)'];
        yield 'request_terminate_timeout' => [
            'for (;;) { alive(); usleep(1000); }',
            'before',
            'execution timed out',
            ['request_terminate_timeout' => '1s'],
        ];
    }

    /** @param callable(FpmRequest): array{string, string} $end see endAndNext() */
    private function assertNextStarts(callable $end): void
    {
        for ($try = 1, $took = INF; $took > self::LIMIT_MILLISECONDS && $try <= self::TRIES; ++$try) {
            $took = $this->endAndNext($end);
        }
        self::assertLessThan(self::LIMIT_MILLISECONDS, $took, 'milliseconds');
        ++self::$ends;
        self::$longest = max(self::$longest, $took);
    }

    /**
     * One request that ends, and the next of its session; returns the milliseconds between them.
     *
     * @param callable(FpmRequest): array{string, string} $end waits for the end, or brings it about; returns what is in
     *                                                         the session then, and what to say when it is not
     */
    private function endAndNext(callable $end): float
    {
        foreach (['locked', 'go', 'alive'] as $file) {
            @unlink($this->fpm->directory . "/state/$file");
        }
        $id = $this->stored('v|s:6:"before";');
        $ending = $this->fpm->send('end.php', '', $id);
        $this->fpm->awaitFile('locked');
        $next = $this->nextInQueue($id);
        $this->fpm->makeFile('go');
        [$left, $output] = $end($ending);
        $answer = $next->answer()->body;
        $start = json_decode($answer, true);

        self::assertSame($left, $start['v'] ?? $answer, $output);
        $this->assertNothingIsLeftInTheWorker();

        return ($start['start'] - (int) file_get_contents($this->fpm->directory . '/state/alive')) / 1e6;
    }

    /** A request to the other PHP-FPM that waits for the session. */
    private function nextInQueue(string $id): FpmRequest
    {
        $request = $this->others->send('next.php', '', $id);
        $this->others->awaitFile('waiting');
        Wait::forAnswer((int) file_get_contents($this->others->directory . '/state/waiting'));
        unlink($this->others->directory . '/state/waiting');

        return $request;
    }

    /** The worker's next requests are of other sessions, one new and one not. */
    private function assertNothingIsLeftInTheWorker(): void
    {
        $new = $this->fpm->get('count.php');
        self::assertSame('1', $new->body);
        self::assertSame('2', $this->fpm->get('count.php', '', $new->cookie)->body);
        $old = $this->stored('count|i:7;');
        self::assertSame('8', $this->fpm->get('count.php', '', $old)->body);
    }

    /** @param array<string, string> $settings */
    private function site(string $page, array $settings): void
    {
        $this->fpm(1, $settings);
        $this->fpm->page('end.php', $page);
        $this->fpm->page('count.php', self::COUNT);
        $this->others = new Fpm(self::$daemon->socket, 1);
        $this->others->page('next.php', self::NEXT);
    }
}
