<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** A directory with sessions of PHP's own handler, as a site leaves it that moves. */
final class OldSite
{
    public readonly string $path;
    private readonly TemporaryDirectory $directory;

    /** @param int $depth how many directories deep the files lie, of which those for hexadecimal ids are made here */
    public function __construct(public readonly int $depth = 0)
    {
        $this->directory = new TemporaryDirectory();
        $this->path = $this->directory->path . '/old';
        $folders = [$this->path];
        for ($level = 0; $level <= $depth; ++$level) {
            $next = [];
            foreach ($folders as $folder) {
                mkdir($folder);
                chmod($folder, 0777);
                array_push($next, ...array_map(fn (int $digit): string => "$folder/" . dechex($digit), range(0, 15)));
            }
            $folders = $next;
        }
    }

    public function remove(): void
    {
        $this->directory->remove();
    }

    /** The value of session.save_path, and of sessions.read_through. */
    public function savePath(): string
    {
        return ($this->depth === 0 ? '' : "$this->depth;") . $this->path;
    }

    /** The settings of a PHP that uses it. */
    public function settings(): array
    {
        return [
            'auto_prepend_file' => '',
            'session.save_handler' => 'files',
            'session.save_path' => $this->savePath(),
            'session.use_strict_mode' => '1',
        ];
    }

    /** Where PHP keeps a session. */
    public function file(string $id): string
    {
        $folders = $this->depth === 0 ? '' : implode('/', str_split(substr($id, 0, $this->depth))) . '/';

        return "$this->path/$folders" . "sess_$id";
    }

    /** Makes a session as PHP's own handler does, and returns its id. */
    public function session(string $data, ?string $owner = null, int $age = 0): string
    {
        $id = bin2hex(random_bytes(16));
        Secrets::note($id);
        $this->put($id, $data, $owner, $age);

        return $id;
    }

    public function put(string $id, string $data, ?string $owner = null, int $age = 0): void
    {
        file_put_contents($this->file($id), $data);
        chmod($this->file($id), 0600);
        if ($owner !== null) {
            chown($this->file($id), $owner);
        }
        touch($this->file($id), time() - $age);
    }

    public function has(string $id): bool
    {
        clearstatcache();

        return is_link($this->file($id)) || file_exists($this->file($id));
    }

    /** How many files are left. */
    public function count(): int
    {
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($this->path, \FilesystemIterator::SKIP_DOTS));

        return iterator_count($files);
    }
}
