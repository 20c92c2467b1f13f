<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** `cloakroomctl import` that runs, or has ended. */
final class Import
{
    public int $status = 0;
    public string $output = '';
    public string $errors = '';
    /** What it counted; empty when it did not get that far. */
    public array $end = [];
    /** @var list<array> what it left */
    public array $left = [];
    /** @var resource */
    private $process;
    /** @var array<int, string> */
    private array $files;

    /**
     * @param list<string>          $arguments
     * @param array<string, string> $environment
     */
    public function __construct(Daemon $daemon, string $directory, array $arguments, array $environment = [])
    {
        $this->files = [1 => tempnam($directory, 'output'), 2 => tempnam($directory, 'errors')];
        $process = proc_open(
            [Tool::control(), 'import', ...$arguments, '--json', '--socket', $daemon->path('admin.sock')],
            [['file', '/dev/null', 'r'], ['file', $this->files[1], 'w'], ['file', $this->files[2], 'w']],
            $pipes,
            null,
            $environment,
        );
        if ($process === false) {
            throw new \RuntimeException('cannot start cloakroomctl');
        }
        $this->process = $process;
    }

    public function isRunning(): bool
    {
        return proc_get_status($this->process)['running'];
    }

    public function signal(int $signal): void
    {
        posix_kill(proc_get_status($this->process)['pid'], $signal);
    }

    public function finish(): self
    {
        $status = [];
        Wait::until(function () use (&$status): bool {
            $status = proc_get_status($this->process);

            return !$status['running'];
        }, 'cloakroomctl does not end', 120);
        // PHP tells how a process ended once only.
        $this->status = $status['exitcode'];
        proc_close($this->process);
        $this->output = (string) file_get_contents($this->files[1]);
        $this->errors = (string) file_get_contents($this->files[2]);
        foreach (array_filter(explode("\n", $this->output)) as $line) {
            $value = json_decode($line, true);
            if (isset($value['left'])) {
                $this->left[] = $value;
            }
            $this->end = $value['import'] ?? $this->end;
        }

        return $this;
    }
}
