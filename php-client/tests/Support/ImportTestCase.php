<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** A test class with a daemon whose clock can be moved, and a directory in which PHP's own handler keeps sessions. */
abstract class ImportTestCase extends DaemonTestCase
{
    protected const CONFIGURATION = "[limits]\nsession_size = 1048576\n[pools.second]\nunix_users = [\"games\"]\n";
    /** What a session has, by its number. */
    protected const CONTENTS = <<<'PHP'
        function contents(int $number): array
        {
            return [
                'number' => $number,
                'user' => "alice$number",
                'text' => str_repeat("z\u{fc}rich ", $number % 50),
                'bytes' => $number % 7 === 0 ? hash('sha512', (string) $number, true) : '',
                'cart' => ['items' => range(0, $number % 5), 'total' => $number / 3, 'open' => $number % 2 === 0],
                'object' => (object) ['at' => $number, 'null' => null],
            ];
        }
        PHP;
    protected const FILES = [
        'auto_prepend_file' => '',
        'session.save_handler' => 'files',
        'session.use_strict_mode' => '0',
        'session.gc_maxlifetime' => '14400',
        'memory_limit' => '-1',
    ];
    private const OPEN = <<<'PHP'
        foreach (file($_SERVER['argv'][1] ?? getenv('IDS'), FILE_IGNORE_NEW_LINES) as $id) {
            $_SESSION = [];
            session_id($id);
            session_start(['read_and_close' => true]);
            if ($_SESSION !== []) {
                fwrite(STDOUT, $id . ' ' . hash('sha256', serialize($_SESSION)) . "\n");
            }
        }
        PHP;

    protected string $store;

    public static function setUpBeforeClass(): void
    {
        self::$daemon = new Daemon(static::CONFIGURATION, movable: true);
    }

    protected function setUp(): void
    {
        parent::setUp();
        $this->store = $this->directory->path . '/sessions';
        mkdir($this->store, 0700);
    }

    /** @return list<string> the ids of sessions that one PHP process has written with PHP's own handler */
    protected function writeFiles(int $count, int $depth = 0): array
    {
        if ($depth > 0) {
            $this->makeDirectories($this->store, $depth);
        }

        return $this->writeSessions($count, ['session.save_path' => $this->path($depth)] + self::FILES);
    }

    /**
     * @param  array<string, string|list<string>> $settings
     * @return list<string> the ids of sessions that one PHP process has written with the handler of the settings
     */
    protected function writeSessions(int $count, array $settings): array
    {
        $script = self::CONTENTS . "\n\$count = $count;\n" . <<<'PHP'
            for ($number = 0; $number < $count; $number++) {
                session_id(bin2hex(random_bytes(16)));
                session_start();
                foreach (contents($number) as $key => $value) {
                    $_SESSION[$key] = $value;
                }
                fwrite(STDOUT, session_id() . "\n");
                session_write_close();
                $_SESSION = [];
            }
            PHP;
        $outcome = $this->php($script, [], $settings);
        self::assertSame('', $outcome->errors);
        $ids = explode("\n", trim($outcome->output));
        self::assertCount($count, $ids);
        array_walk($ids, Secrets::note(...));

        return $ids;
    }

    /**
     * What PHP finds in sessions with its own handler.
     *
     * @param  list<string>          $ids
     * @return array<string, string> a hash of the contents of each
     */
    protected function openFiles(array $ids, int $depth = 0): array
    {
        return $this->open($ids, ['session.save_path' => $this->path($depth)] + self::FILES);
    }

    /**
     * What PHP finds in sessions with Cloakroom.
     *
     * @param  list<string>          $ids
     * @return array<string, string> a hash of the contents of each that is there
     */
    protected function openHere(array $ids): array
    {
        return $this->open($ids, ['memory_limit' => '-1']);
    }

    /**
     * @param  list<string>          $ids
     * @param  array<string, string> $settings
     * @return array<string, string>
     */
    protected function open(array $ids, array $settings): array
    {
        $list = $this->directory->path . '/ids';
        file_put_contents($list, implode("\n", $ids));
        $outcome = $this->php(self::OPEN, ['IDS' => $list], $settings);
        self::assertSame('', $outcome->errors);
        $found = [];
        foreach (array_filter(explode("\n", $outcome->output)) as $line) {
            [$id, $hash] = explode(' ', $line);
            $found[$id] = $hash;
        }

        return $found;
    }

    /** @param list<string> $arguments */
    protected function startImport(array $arguments = [], ?string $directory = null): Import
    {
        $all = ['files', $directory ?? $this->store, '--lifetime', '14400', '--owner', (string) posix_geteuid()];

        return new Import(self::$daemon, $this->directory->path, [...$all, ...$arguments]);
    }

    /** @param list<string> $arguments */
    protected function import(array $arguments = [], ?string $directory = null): Import
    {
        return $this->startImport($arguments, $directory)->finish();
    }

    protected function file(string $id): string
    {
        return "$this->store/sess_$id";
    }

    /** @return list<string> the names of what is in the directory */
    protected function files(): array
    {
        clearstatcache();

        return array_values(array_diff(scandir($this->store), ['.', '..']));
    }

    /** @return array<string, list<int>> what must not change of each entry */
    protected function states(): array
    {
        $states = [];
        foreach ($this->files() as $name) {
            $status = lstat("$this->store/$name");
            $states[$name] = [$status['ino'], $status['mode'], $status['uid'], $status['size'], $status['mtime']];
        }

        return array_filter($states, fn (string $name): bool => !preg_match('/^sess_[0-9a-f]{32}$/D', $name), ARRAY_FILTER_USE_KEY);
    }

    /**
     * A session that a PHP process has open.
     *
     * @return array{string, Php} the name of its file, and the process
     */
    protected function lockedSession(): array
    {
        [$id] = $this->writeFiles(1);
        $script = "session_id('$id'); session_start(); fwrite(STDOUT, \"open\\n\"); fgets(STDIN);";
        $php = $this->start($script, [], ['session.save_path' => $this->store] + self::FILES);
        self::assertSame('open', $php->line());

        return ["sess_$id", $php];
    }

    private function path(int $depth): string
    {
        return ($depth > 0 ? "$depth;" : '') . $this->store;
    }

    private function makeDirectories(string $directory, int $depth): void
    {
        foreach (str_split('0123456789abcdef') as $character) {
            mkdir("$directory/$character");
            if ($depth > 1) {
                $this->makeDirectories("$directory/$character", $depth - 1);
            }
        }
    }
}
