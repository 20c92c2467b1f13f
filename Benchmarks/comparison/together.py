# SPDX-License-Identifier: Apache-2.0
"""Eight PHP processes at once: with a session each, and with one session for all."""

import contextlib
import time

from .failure import Failure
from .quantiles import percentile
from .servers import start_server
from .worker import Worker

PROCESSES = 8
SIZE = 2048
SECONDS = 1.0
CASES = {"eight-on-eight": "eight processes, a session each", "eight-on-one": "eight processes, one session"}


def measure_together(bench, cases):
    peers = [peer for peer in bench.peers if not peer.is_floor]
    tallies = {(case, peer): Tally() for case in cases for peer in peers}
    with contextlib.ExitStack() as stack:
        for server in bench.servers():
            stack.callback(start_server(server, bench.place, bench.tools).stop)
        crews = {peer: Crew(bench, peer, stack) for peer in peers}
        for number in range(bench.long_rounds):
            for case in cases:
                for peer, crew in crews.items():
                    bench.say(f"{CASES[case]}, round {number + 1} of {bench.long_rounds}: {peer.title}")
                    crew.run(tallies[case, peer], is_shared=case == "eight-on-one")
    bench.empty()
    return {case: {peer.name: tallies[case, peer].summary() for peer in peers} for case in cases}


class Crew:
    """The processes of one peer."""

    def __init__(self, bench, peer, stack):
        self._peer = peer
        self._workers = [
            stack.enter_context(Worker(peer, bench.place, bench.place.log(f"php-{peer.name}-{number}")))
            for number in range(PROCESSES)
        ]

    def run(self, tally, is_shared):
        ids = [self._workers[0].ask("make", SIZE)] * PROCESSES
        if not is_shared:
            ids = [worker.ask("make", SIZE) for worker in self._workers]
        begin = time.monotonic_ns() + 20_000_000
        end = begin + int(SECONDS * 1e9)
        for worker, id in zip(self._workers, ids):
            worker.tell("span", id, SIZE, begin, end)
        cycles = 0
        for worker in self._workers:
            times = worker.times()
            cycles += len(times) // 2
            tally.add(times)
        tally.end_round()
        self._verify(tally, cycles, set(ids))

    def _verify(self, tally, cycles, ids):
        visits = sum(int(self._workers[0].ask("visits", id)) for id in ids)
        if visits != cycles and (self._peer.locks or len(ids) > 1):
            raise Failure(f"{self._peer.title}: the sessions have {visits} changes, and {cycles} were made")
        tally.lost += cycles - visits


class Tally:
    """What the rounds of a case with one peer have shown."""

    def __init__(self):
        self.lost = 0
        self._waits, self._cycles = [], []
        self._of_round = 0
        self._rates, self._fairness = [], []
        self._waits_of_round = []

    def add(self, times):
        self._waits_of_round += times[0::2]
        self._cycles += times[1::2]

    def end_round(self):
        waits = self._waits_of_round
        self._waits_of_round = []
        if not waits:
            raise Failure("no process has got its session")
        self._rates.append(len(waits) / SECONDS)
        self._fairness.append(max(waits) / (sum(waits) / len(waits)))
        self._waits += waits

    def summary(self):
        waits, cycles = sorted(self._waits), sorted(self._cycles)
        return {
            "per_second": percentile(sorted(self._rates), 0.5),
            "median": percentile(cycles, 0.5) / 1000,
            "p99": percentile(cycles, 0.99) / 1000,
            "mean_wait": sum(waits) / len(waits) / 1000,
            "p99_wait": percentile(waits, 0.99) / 1000,
            "worst_wait": waits[-1] / 1000,
            "worst_to_mean": percentile(sorted(self._fairness), 0.5),
            "lost": self.lost / len(cycles),
            "count": len(cycles),
        }
