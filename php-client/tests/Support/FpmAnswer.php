<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** What PHP-FPM answered. */
final class FpmAnswer
{
    public function __construct(
        public readonly string $head,
        public readonly string $body,
        /** The session id that the answer sets, or ''. */
        public readonly string $cookie,
        public readonly float $seconds,
    ) {
    }
}
