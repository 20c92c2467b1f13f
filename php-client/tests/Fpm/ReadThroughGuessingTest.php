<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

/** The same where PHP looks for unknown sessions elsewhere before they count. */
final class ReadThroughGuessingTest extends GuessingTest
{
    protected const CONFIGURATION = "[sessions]\nread_through = \"/var/empty\"\n" . parent::CONFIGURATION;
}
