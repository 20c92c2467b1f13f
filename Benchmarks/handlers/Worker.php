<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

/**
 * Does what the driver asks for, a line each, and answers with a line. Where there are times, the line has their number, and they
 * follow as 64-bit integers, in nanoseconds.
 */
final class Worker
{
    /** Cycles before those that are measured, so that a worker which has slept is awake. */
    private const WARM_UP = 20;
    /** The time, in nanoseconds, after which a round ends before all its cycles are done: some disks are slow. */
    private const LONGEST_ROUND = 200_000_000;
    private const FEWEST_CYCLES = 5;

    /** @var array<int, list<string>> by size */
    private array $ids = [];
    /** @var array<int, int> the next session to use, by size */
    private array $next = [];
    /** @var array<int, list<string>> made by the case `new`, by size */
    private array $made = [];
    /** @var array<int, int> how many changes this worker has made, by size */
    private array $changes = [];

    public function __construct(private readonly Client $client)
    {
    }

    public function serve(): void
    {
        while (($line = fgets(STDIN)) !== false) {
            $words = explode(' ', trim($line));
            match ($words[0]) {
                'create' => $this->create((int) $words[1], (int) $words[2]),
                'numbered' => $this->useNumbered((int) $words[1], (int) $words[2], (int) $words[3]),
                'run' => $this->run($words[1], (int) $words[2], (int) $words[3]),
                'make' => $this->answer($this->client->create((int) $words[1])),
                'span' => $this->span($words[1], (int) $words[2], (int) $words[3], (int) $words[4]),
                'burst' => $this->burst($words[1], (int) $words[2], (int) $words[3]),
                'stream' => $this->stream((int) $words[1], (float) $words[2]),
                'visits' => $this->answer((string) $this->client->visits($words[1])),
                'verify' => $this->verify((int) $words[1]),
                default => throw new RuntimeException("there is no command $words[0]"),
            };
        }
    }

    private function create(int $count, int $size): void
    {
        for ($i = 0; $i < $count; $i++) {
            $this->ids[$size][] = $this->client->create($size);
        }
        $this->answer((string) $count);
    }

    /** Uses the sessions that the loader has made, from one number up to another, in random order. */
    private function useNumbered(int $from, int $end, int $size): void
    {
        $this->ids[$size] = [];
        for ($i = 0; $i < 200_000; $i++) {
            $this->ids[$size][] = sprintf('s%031d', random_int($from, $end - 1));
        }
        $this->answer((string) count($this->ids[$size]));
    }

    private function run(string $case, int $cycles, int $size): void
    {
        $times = [];
        $end = hrtime(true) + self::LONGEST_ROUND;
        for ($i = -min(self::WARM_UP, $cycles); $i < $cycles; $i++) {
            if ($i >= self::FEWEST_CYCLES && hrtime(true) > $end) {
                break;
            }
            $time = $this->cycle($case, $size);
            if ($i >= 0) {
                $times[] = $time;
            }
        }
        $this->answerTimes($times);
    }

    /** Changed cycles one after another, over the sessions of a size, for some seconds. */
    private function stream(int $size, float $seconds): void
    {
        $times = [];
        $end = hrtime(true) + (int) ($seconds * 1e9);
        while (hrtime(true) < $end) {
            $times[] = $this->cycle('changed', $size);
        }
        $this->answerTimes($times);
    }

    private function cycle(string $case, int $size): int
    {
        $client = $this->client;
        if ($case === 'new') {
            $start = hrtime(true);
            $id = $client->create($size);
            $time = hrtime(true) - $start;
            $this->made[$size][] = $id;
            $client->check($size);

            return $time;
        }
        $next = $this->next[$size] ?? 0;
        $id = $this->ids[$size][$next];
        $this->next[$size] = ($next + 1) % count($this->ids[$size]);
        $start = hrtime(true);
        match ($case) {
            'changed' => $client->changed($id),
            'unchanged' => $client->unchanged($id),
            'read_and_close' => $client->readAndClose($id),
        };
        $time = hrtime(true) - $start;
        $client->check($size);
        if ($case === 'changed') {
            $this->changes[$size] = ($this->changes[$size] ?? 0) + 1;
        }

        return $time;
    }

    /**
     * Changes one session from one moment to another, by hrtime(). Answers how long each cycle waited for its session
     * and how long it took, in turn.
     */
    private function span(string $id, int $size, int $from, int $end): void
    {
        $times = [];
        self::sleepUntil($from);
        while (($start = hrtime(true)) < $end) {
            $opened = $this->client->changed($id);
            $closed = hrtime(true);
            $times[] = $opened - $start;
            $times[] = $closed - $start;
            $this->client->check($size);
        }
        $this->answerTimes($times);
    }

    /** One change of a session at a moment. Answers how long it waited for its session, and the moment of its end. */
    private function burst(string $id, int $size, int $from): void
    {
        self::sleepUntil($from);
        $start = hrtime(true);
        $opened = $this->client->changed($id);
        $closed = hrtime(true);
        $this->client->check($size);
        $this->answerTimes([$opened - $start, $closed - $from]);
    }

    private static function sleepUntil(int $moment): void
    {
        while (($now = hrtime(true)) < $moment) {
            usleep(intdiv($moment - $now, 1000) + 1);
        }
    }

    /** Compares what was done with what the sessions have. */
    private function verify(int $size): void
    {
        $visits = 0;
        foreach ($this->ids[$size] ?? [] as $id) {
            $visits += $this->client->visits($id);
        }
        foreach ($this->made[$size] ?? [] as $id) {
            if ($this->client->visits($id) !== 0) {
                throw new RuntimeException('a new session is not what was stored');
            }
        }
        $changes = $this->changes[$size] ?? 0;
        if ($visits !== $changes) {
            throw new RuntimeException("the sessions have $visits changes, and $changes were made");
        }
        $this->answer("$changes");
    }

    private function answer(string $line): void
    {
        fwrite(STDOUT, "$line\n");
    }

    /** @param list<int> $times */
    private function answerTimes(array $times): void
    {
        $this->answer((string) count($times));
        foreach (array_chunk($times, 1024) as $chunk) {
            fwrite(STDOUT, pack('P*', ...$chunk));
        }
    }
}
