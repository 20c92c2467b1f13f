<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests;

use Cloakroom\Tests\Support\DaemonTestCase;

/** PHP's order of calls, and what each call answers: one file in transcripts/ for each thing that a script can do. */
final class LifeCycleTest extends DaemonTestCase
{
    /** @dataProvider transcripts */
    public function testTranscript(string $script, string $expected): void
    {
        $transcript = $this->directory->path . '/transcript';
        touch($transcript);
        $outcome = $this->php($script, ['TRANSCRIPT' => $transcript], [
            'auto_prepend_file' => __DIR__ . '/Support/recording.php',
        ]);

        self::assertSame($expected, (string) file_get_contents($transcript), $outcome->errors);
    }

    /** @return iterable<string, array{string, string}> */
    public function transcripts(): iterable
    {
        foreach (glob(__DIR__ . '/transcripts/*.txt') ?: [] as $file) {
            [, $script, $expected] = preg_split('/^--(?:SCRIPT|EXPECT)--\n/m', (string) file_get_contents($file));
            yield basename($file, '.txt') => [$script, $expected];
        }
    }
}
