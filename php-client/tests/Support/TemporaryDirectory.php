<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** A directory that is removed with what is in it. */
final class TemporaryDirectory
{
    public readonly string $path;

    /** @param ?string $parent the folder to make it in; without it the system's for temporary files */
    public function __construct(?string $parent = null)
    {
        // Short, since the path of a Unix socket has at most 107 bytes.
        $this->path = ($parent ?? sys_get_temp_dir()) . '/cloakroom-' . bin2hex(random_bytes(5));
        if (!mkdir($this->path, 0755)) {
            throw new \RuntimeException("cannot make $this->path");
        }
    }

    public function remove(): void
    {
        $files = new \RecursiveIteratorIterator(
            new \RecursiveDirectoryIterator($this->path, \FilesystemIterator::SKIP_DOTS),
            \RecursiveIteratorIterator::CHILD_FIRST,
        );
        foreach ($files as $file) {
            $file->isDir() && !$file->isLink() ? rmdir($file->getPathname()) : unlink($file->getPathname());
        }
        rmdir($this->path);
    }
}
