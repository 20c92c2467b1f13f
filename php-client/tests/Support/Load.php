<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests\Support;

/** Processes that ask a web server for count.php, which counts in the visitor's session, again and again. */
final class Load
{
    private readonly TemporaryDirectory $directory;
    /** @var list<Php> */
    private array $clients = [];
    /** @var list<string> answers that were not a number */
    public array $failures = [];
    /** @var array<string, list<int>> the numbers that were answered, by session */
    public array $counts = [];
    /** How long the longest request took, in seconds. */
    public float $longest = 0;

    /**
     * @param list<string> $sessions their ids; each client takes them in turn
     * @param int          $requests of each client; 0 for as many as they can do until they are stopped
     */
    public function __construct(Nginx $nginx, private readonly array $sessions, int $clients, int $requests = 0)
    {
        $this->directory = new TemporaryDirectory('/dev/shm');
        $script = substr((string) file_get_contents(__DIR__ . '/load.php'), \strlen('<?php'));
        for ($i = 0; $i < $clients; ++$i) {
            $this->clients[] = new Php(
                $this->directory->path,
                $script,
                [
                    'SOCKET' => $nginx->socket,
                    'SESSIONS' => implode(' ', $sessions),
                    'REQUESTS' => (string) $requests,
                    'STOP' => $this->directory->path . '/stop',
                    'PROGRESS' => $this->progress($i),
                ],
                ['auto_prepend_file' => ''],
            );
        }
    }

    /** How many requests have been answered so far. */
    public function requests(): int
    {
        return array_sum(array_map(
            fn (int $client): int => (int) @file_get_contents($this->progress($client)),
            array_keys($this->clients),
        ));
    }

    public function stop(): void
    {
        touch($this->directory->path . '/stop');
        $this->finish();
    }

    /** Waits for the end of the clients, and gathers what they have seen. */
    public function finish(): void
    {
        $results = array_map(fn (Php $client): array => $client->finish()->value(), $this->clients);
        $this->directory->remove();
        $this->failures = array_merge(...array_column($results, 'failures'));
        $this->longest = max(array_column($results, 'longest'));
        foreach ($this->sessions as $id) {
            $this->counts[$id] = array_merge(...array_map(fn (array $result): array => $result['counts'][$id], $results));
        }
    }

    private function progress(int $client): string
    {
        return $this->directory->path . "/progress$client";
    }
}
