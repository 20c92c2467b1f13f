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

    /** Apache adds the headers of the gate's answer to the page's. */
    public function testHeadersOfTheGatesAnswerDoNotKeepBrowsersFromKeepingFiles(): void
    {
        $answer = $this->loggedIn()->get('/members/file.txt');
        self::assertSame(['private', null], [$answer->header('Cache-Control'), $answer->header('Cloakroom-Reason')]);
        self::assertDoesNotMatchRegularExpression('/cloakroom|variable/i', $answer->head);
        self::assertSame('no-store', $this->browser()->get('/members/file.txt')->header('Cache-Control'));
    }

    /** Apache asks the gate once then, for the first address, and gives its variables other names. */
    public function testRewritingWithinASectionKeepsWhatTheGateSaid(): void
    {
        self::assertSame(401, $this->browser()->get('/front/no-such-page.php')->status);
        $told = $this->facts($this->loggedIn()->get('/front/no-such-page.php'));
        self::assertSame(['ada', 'ada', 'admitted'], [$told['CLOAKROOM_USER'], $told['REMOTE_USER'], $told['CLOAKROOM_REASON']]);
        $told = $this->facts($this->visitor()->get('/front/no-such-page.php'));
        self::assertArrayNotHasKey('CLOAKROOM_USER', $told);
        self::assertArrayNotHasKey('REMOTE_USER', $told);
    }
}
