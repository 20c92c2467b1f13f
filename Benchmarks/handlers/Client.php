<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

/** What a worker can do with sessions. Everything that fails ends the worker with a message. */
interface Client
{
    /** Makes a session of about `$size` bytes, as the first page of a visitor does, and returns its id. */
    public function create(int $size): string;

    /** A page that changes its session; returns when the session was there, by hrtime(). */
    public function changed(string $id): int;

    /** A page that uses its session and does not change it. */
    public function unchanged(string $id): void;

    /** A page that opens its session with `read_and_close`. */
    public function readAndClose(string $id): void;

    /** Fails unless the session that was opened last has what was stored. Not part of what is measured. */
    public function check(int $size): void;

    /** How often the session was changed, as the session itself has it. */
    public function visits(string $id): int;
}
