<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Fpm;

/** The same with writes that PHP does not wait for: those that were sent are carried out before the daemon ends. */
final class DeferredRestartTest extends RestartTest
{
    protected const CONFIGURATION = "[sessions]\nacknowledge = \"deferred\"\n";
}
