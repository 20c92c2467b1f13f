<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests;

use Cloakroom\Tests\Support\DaemonTestCase;

/** prepend.php, under applications that do unusual things. */
final class DropInTest extends DaemonTestCase
{
    private const SETTINGS_SCRIPT = <<<'PHP'
        echo json_encode([
            session_module_name(),
            ini_get('session.use_strict_mode'),
            ini_get('session.lazy_write'),
            ini_get('session.save_path'),
        ]);
        PHP;
    /** Stores a value in one session, reads it in the next, and prints it. */
    private const VISIT_TWICE = <<<'PHP'
        session_start();
        $_SESSION['name'] = 'Ada';
        session_write_close();
        $_SESSION = [];
        session_start();
        echo json_encode([$_SESSION['name'] ?? null, get_included_files() !== []]);
        PHP;

    public function testDropInSetsWhatBelongsToIt(): void
    {
        $outcome = $this->php(self::SETTINGS_SCRIPT);

        self::assertSame(['user', '1', '0', 'unix://' . self::$daemon->socket], $outcome->value());
        self::assertSame('', $outcome->errors);
    }

    /**
     * @testWith ["session_regenerate_id(true)"]
     *           ["session_regenerate_id()"]
     *           ["($_SESSION['more'] = 1) && session_regenerate_id()"]
     */
    public function testDestroyedSessionGetsNoNewId(string $regeneration): void
    {
        $id = $this->stored('user|s:3:"Ada";');
        $request = $this->start(<<<PHP
            session_id('$id');
            session_start();
            // Not echo: output would send the headers, and with them the id.
            fwrite(STDOUT, "\$_SESSION[user]\\n");
            fgets(STDIN);
            \$result = $regeneration;
            echo json_encode([\$result, session_id()]);
            PHP);
        self::assertSame('Ada', $request->line());
        self::assertTrue($this->handler()->destroy($id));
        $request->proceed();
        $outcome = $request->finish();
        [$result, $newId] = $outcome->value();

        self::assertFalse($result);
        self::assertStringContainsString('Cloakroom: gone: ', $outcome->errors);
        self::assertFalse($newId !== '' && $this->handler()->validateId($newId), 'it lives on');
    }

    /** @dataProvider offWords */
    public function testStrictModeIsLeftAloneWhenSwitchedOff(string $word): void
    {
        self::assertSame('0', $this->php(self::SETTINGS_SCRIPT, ['CLOAKROOM_STRICT' => $word])->value()[1]);
        $outcome = $this->php(
            self::SETTINGS_SCRIPT,
            ['CLOAKROOM_STRICT' => $word],
            ['session.use_strict_mode' => '1'],
        );
        self::assertSame('1', $outcome->value()[1]);
    }

    /** @return list<array{string}> */
    public function offWords(): array
    {
        return [['off'], ['Off'], ['0'], ['no'], ['false']];
    }

    public function testAVisitIsRemembered(): void
    {
        $outcome = $this->php(self::VISIT_TWICE);

        self::assertSame('Ada', $outcome->value()[0], $outcome->errors);
        self::assertSame('', $outcome->errors);
    }

    public function testSocketMayBeAnAddressInTheEnvironment(): void
    {
        $outcome = $this->php(self::VISIT_TWICE, ['CLOAKROOM_SOCKET' => 'unix://' . self::$daemon->socket]);

        self::assertSame('Ada', $outcome->value()[0], $outcome->errors);
    }

    public function testSocketMayBeTheSavePath(): void
    {
        $outcome = $this->php(
            self::VISIT_TWICE,
            ['CLOAKROOM_SOCKET' => ''],
            ['session.save_path' => 'unix://' . self::$daemon->socket],
        );

        self::assertSame('Ada', $outcome->value()[0], $outcome->errors);
    }

    public function testApplicationMaySetAnotherSavePath(): void
    {
        $outcome = $this->php('session_save_path(__DIR__);' . self::VISIT_TWICE);

        self::assertSame('Ada', $outcome->value()[0], $outcome->errors);
        self::assertSame('', $outcome->errors);
        self::assertNoSessionFiles();
    }

    public function testIncludedTwiceIsHarmless(): void
    {
        $again = 'require ' . var_export(\dirname(__DIR__) . '/prepend.php', true) . ';';
        $outcome = $this->php("$again session_start(); $again session_write_close(); $again" . self::VISIT_TWICE);

        self::assertSame('Ada', $outcome->value()[0], $outcome->errors);
        self::assertSame('', $outcome->errors);
    }

    public function testClassesMayBeLoadedAlready(): void
    {
        $loaded = '';
        foreach (['SessionHandler', 'Connection', 'SocketAddress'] as $class) {
            $loaded .= 'require ' . var_export(\dirname(__DIR__) . "/src/$class.php", true) . ';';
        }
        $prepend = 'require ' . var_export(\dirname(__DIR__) . '/prepend.php', true) . ';';
        $outcome = $this->php($loaded . $prepend . self::VISIT_TWICE, settings: ['auto_prepend_file' => '']);

        self::assertSame('Ada', $outcome->value()[0], $outcome->errors);
    }

    public function testOneFileHasAllClassesAsTheyAre(): void
    {
        $folder = \dirname(__DIR__);

        self::assertSame(
            (string) shell_exec(escapeshellarg(PHP_BINARY) . ' ' . escapeshellarg("$folder/make-classes.php")),
            (string) file_get_contents("$folder/classes.php"),
            'make it anew: php php-client/make-classes.php > php-client/classes.php',
        );
    }

    public function testScriptWithoutSessionConnectsToNothingAndHasNoNewGlobals(): void
    {
        $outcome = $this->php(
            'echo json_encode(array_diff(array_keys(get_defined_vars()),
                ["_GET", "_POST", "_COOKIE", "_FILES", "argv", "argc", "_SERVER"]));',
            ['CLOAKROOM_SOCKET' => '/nonexistent'],
        );

        self::assertSame([], $outcome->value());
        self::assertSame('', $outcome->errors);
    }

    public function testSixCallbacksOfTheApplicationWork(): void
    {
        $outcome = $this->php(<<<'PHP'
            $stored = [];
            $calls = [];
            session_set_save_handler(
                fn (string $path, string $name): bool => true,
                fn (): bool => true,
                function (string $id) use (&$stored): string {
                    return $stored[$id] ?? '';
                },
                function (string $id, string $data) use (&$stored, &$calls): bool {
                    $stored[$id] = $data;
                    $calls[] = 'write';
                    return true;
                },
                fn (string $id): bool => true,
                fn (int $lifetime): int => 0,
            );
            session_start();
            $id = session_id();
            $_SESSION['user'] = 'Ada';
            session_write_close();
            session_start();
            $user = $_SESSION['user'] ?? null;
            session_write_close();
            echo json_encode([$user, $id === session_id(), $calls]);
            PHP, ['CLOAKROOM_SOCKET' => '/nonexistent']);

        self::assertSame(['Ada', true, ['write', 'write']], $outcome->value(), $outcome->errors);
        self::assertSame('', $outcome->errors);
    }

    public function testHandlerOfPhpItselfCannotWritePlainText(): void
    {
        $outcome = $this->php(<<<'PHP'
            session_set_save_handler(new SessionHandler(), true);
            $started = session_start();
            $_SESSION['secret'] = 'plain text';
            session_write_close();
            echo json_encode($started);
            PHP);

        self::assertFalse($outcome->value());
        self::assertStringContainsString('session_start(): Failed to read session data', $outcome->errors);
        self::assertNoSessionFiles();
    }

    /** @dataProvider waysBack */
    public function testWayBackToFilesFails(string $way): void
    {
        $outcome = $this->php("$way;\n" . 'echo json_encode(session_start()); $_SESSION["a"] = 1;');

        self::assertFalse($outcome->value());
        self::assertNoSessionFiles();
    }

    /** @return list<array{string}> */
    public function waysBack(): array
    {
        return [["session_module_name('files')"], ["ini_set('session.save_handler', 'files')"]];
    }

    /** @dataProvider waysBack */
    public function testApplicationThatKeepsFilesOfItsOwnIsReported(string $way): void
    {
        $outcome = $this->php("$way; session_save_path(__DIR__); session_start();");

        self::assertStringContainsString(
            'Cloakroom: the application has set a save handler and a save path of its own',
            $outcome->errors,
        );
    }

    public function testApplicationThatWrapsTheHandlerOfPhpWithAPathOfItsOwnIsReported(): void
    {
        $outcome = $this->php(
            'ini_set("session.save_path", __DIR__); session_set_save_handler(new SessionHandler()); session_start();',
        );

        self::assertStringContainsString('so this session is not kept in cloakroomd', $outcome->errors);
    }

    public function testAutoStartIsReportedAndItsSessionAbandoned(): void
    {
        $outcome = $this->php(
            '$before = session_status(); session_start(); $_SESSION["secret"] = "text"; echo json_encode($before);',
            settings: ['session.auto_start' => '1', 'session.save_path' => $this->directory->path],
        );

        self::assertSame(PHP_SESSION_NONE, $outcome->value());
        self::assertStringContainsString('set session.auto_start = 0', $outcome->errors);
        foreach (glob($this->directory->path . '/sess_*') ?: [] as $file) {
            self::assertSame('', file_get_contents($file));
        }
    }

    public function testOutputBeforeTheDropInEndsTheRequest(): void
    {
        $outcome = $this->php(
            'echo "output"; flush(); require ' . var_export(\dirname(__DIR__) . '/prepend.php', true) . '; echo "on";',
            settings: ['auto_prepend_file' => ''],
        );

        self::assertSame('output', $outcome->output);
        self::assertStringContainsString('Cloakroom could not be made the save handler', $outcome->errors);
    }

    public function testSavePathThatCannotBeSetIsReported(): void
    {
        $outcome = $this->php(self::VISIT_TWICE, settings: ['disable_functions' => 'ini_set']);

        self::assertSame('Ada', $outcome->value()[0], $outcome->errors);
        self::assertStringContainsString('Cloakroom: session.save_path cannot be set here', $outcome->errors);
    }

    public function testDisabledFunctionsAreNoObstacle(): void
    {
        $outcome = $this->php(self::VISIT_TWICE, settings: ['disable_functions' => 'stream_wrapper_register']);

        self::assertSame('Ada', $outcome->value()[0], $outcome->errors);
        self::assertSame('', $outcome->errors);
    }

    public function testOpenBaseDirIsNoObstacle(): void
    {
        $outcome = $this->php(
            self::VISIT_TWICE,
            settings: ['open_basedir' => $this->directory->path . ':' . \dirname(__DIR__)],
        );

        self::assertSame('Ada', $outcome->value()[0], $outcome->errors);
        self::assertSame('', $outcome->errors);
    }

    public function testIdOfAVisitorIsNotAdopted(): void
    {
        $script = 'session_id("planted"); session_start(); echo json_encode(session_id());';

        self::assertNotSame('planted', $this->php($script)->value());
        self::assertSame('planted', $this->php($script, ['CLOAKROOM_STRICT' => 'off'])->value());
    }

    private function assertNoSessionFiles(): void
    {
        $files = array_diff(scandir($this->directory->path) ?: [], ['.', '..']);
        self::assertSame([], array_values(preg_grep('/^php/', $files, PREG_GREP_INVERT) ?: []));
    }
}
