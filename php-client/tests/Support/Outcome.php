<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** What a PHP process did. */
final class Outcome
{
    public function __construct(
        public readonly string $output,
        public readonly string $errors,
        public readonly int $status,
        public readonly float $seconds,
    ) {
    }

    /** What the script printed with `json_encode`. */
    public function value(): mixed
    {
        try {
            return json_decode($this->output, true, flags: JSON_THROW_ON_ERROR);
        } catch (\JsonException) {
            throw new \RuntimeException("no JSON:\n$this->output\nerrors:\n$this->errors\nstatus $this->status");
        }
    }
}
