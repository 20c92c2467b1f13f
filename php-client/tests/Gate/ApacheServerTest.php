<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Gate;

use Cloakroom\Tests\Support\Fpm;
use Cloakroom\Tests\Support\Gate;
use Cloakroom\Tests\Support\GateServerTestCase;
use Cloakroom\Tests\Support\ApacheSite;
use Cloakroom\Tests\Support\WebServer;

/** The gate with Apache. */
final class ApacheServerTest extends GateServerTestCase
{
    protected static function server(Gate $gate, Fpm $fpm): WebServer
    {
        return new ApacheSite($gate, $fpm);
    }
}
