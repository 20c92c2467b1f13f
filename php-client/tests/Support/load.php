<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

/*
 * Asks a web server for count.php again and again, each time with the next of some sessions: REQUESTS times, or until
 * the file STOP is there. Keeps how often it has asked in the file PROGRESS, and prints what it has seen.
 */

['SOCKET' => $socket, 'STOP' => $stop, 'PROGRESS' => $progress] = getenv();
['SESSIONS' => $sessions, 'REQUESTS' => $requests] = getenv();
$sessions = explode(' ', $sessions);
$counts = array_fill_keys($sessions, []);
$failures = [];
$longest = 0.0;
$most = (int) $requests ?: PHP_INT_MAX;
for ($asked = 0; $asked < $most && !file_exists($stop); file_put_contents($progress, (string) ++$asked)) {
    $session = $sessions[$asked % count($sessions)];
    $started = hrtime(true);
    $answer = ask($socket, $session);
    $longest = max($longest, (hrtime(true) - $started) / 1e9);
    if (preg_match('~^HTTP/1\.1 200 .*\r\n\r\n(\d+)$~Ds', $answer, $match) === 1) {
        $counts[$session][] = (int) $match[1];
    } else {
        $failures[] = $answer;
    }
}
echo json_encode(['counts' => $counts, 'failures' => $failures, 'longest' => $longest]);

/** What the server answers, head and body. */
function ask(string $socket, string $session): string
{
    $stream = stream_socket_client("unix://$socket", $errno, $error, 60);
    if ($stream === false) {
        return "cannot connect: $error";
    }
    stream_set_timeout($stream, 60);
    fwrite($stream, "GET /count.php HTTP/1.0\r\nHost: localhost\r\nCookie: PHPSESSID=$session\r\n\r\n");

    return (string) stream_get_contents($stream);
}
