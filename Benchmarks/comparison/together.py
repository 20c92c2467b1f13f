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
# From the order to the moment when all processes begin: they have to be asleep by then.
LEAD = 3_000_000
# In a round; fewer when they have taken SECONDS (a memcached that waits for its lock takes that for one).
BURSTS = 100
FEWEST_BURSTS = 3
CASES = {
    "eight-on-eight": "eight processes, a session each, without a pause",
    "eight-on-one": "eight processes, one session, bursts of eight requests",
    "eight-on-one-loop": "eight processes, one session, without a pause",
}


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
                    crew.run(case, tallies[case, peer])
    return {case: {peer.name: tallies[case, peer].summary() for peer in peers} for case in cases}


class Crew:
    """The processes of one peer."""

    def __init__(self, bench, peer, stack):
        self._peer = peer
        self._workers = [
            stack.enter_context(Worker(peer, bench.place, bench.place.log(f"php-{peer.name}-{number}")))
            for number in range(PROCESSES)
        ]

    def run(self, case, tally):
        ids = [self._workers[0].ask("make", SIZE)] * PROCESSES
        if case == "eight-on-eight":
            ids = [worker.ask("make", SIZE) for worker in self._workers]
        cycles = self._bursts(ids, tally) if case == "eight-on-one" else self._loop(ids, tally)
        visits = sum(int(self._workers[0].ask("visits", id)) for id in set(ids))
        if visits != cycles and (self._peer.locks or case == "eight-on-eight"):
            raise Failure(f"{self._peer.title}: the sessions have {visits} changes, and {cycles} were made")
        tally.lost += cycles - visits

    def _loop(self, ids, tally):
        begin = time.monotonic_ns() + LEAD
        for worker, id in zip(self._workers, ids):
            worker.tell("span", id, SIZE, begin, begin + int(SECONDS * 1e9))
        times = [worker.times() for worker in self._workers]
        waits = [wait for of_one in times for wait in of_one[0::2]]
        tally.add(waits, len(waits) / SECONDS)
        return len(waits)

    def _bursts(self, ids, tally):
        """As when a page of one visitor sends eight requests: all at once, and the next eight when these have been answered."""
        waits, ratios, seconds = [], [], 0
        for number in range(BURSTS):
            if number >= FEWEST_BURSTS and seconds > SECONDS:
                break
            begin = time.monotonic_ns() + LEAD
            for worker, id in zip(self._workers, ids):
                worker.tell("burst", id, SIZE, begin)
            times = [worker.times() for worker in self._workers]
            of_burst = [wait for wait, _ in times]
            seconds += max(end for _, end in times) / 1e9
            ratios.append(max(of_burst) * len(of_burst) / sum(of_burst))
            waits += of_burst
        tally.add(waits, len(waits) / seconds, ratios)
        return len(waits)


class Tally:
    """What the rounds of a case with one peer have shown."""

    def __init__(self):
        self.lost = 0
        self._waits, self._rates, self._ratios = [], [], []

    def add(self, waits, rate, ratios=None):
        """Of one round: waits in nanoseconds, cycles per second, and worst to mean wait of each burst or of the round."""
        if not waits:
            raise Failure("no process has got its session")
        self._waits += waits
        self._rates.append(rate)
        self._ratios += ratios or [max(waits) * len(waits) / sum(waits)]

    def summary(self):
        waits = sorted(self._waits)
        return {
            "per_second": percentile(sorted(self._rates), 0.5),
            "mean_wait": sum(waits) / len(waits) / 1000,
            "p99_wait": percentile(waits, 0.99) / 1000,
            "worst_wait": waits[-1] / 1000,
            "worst_to_mean": percentile(sorted(self._ratios), 0.5),
            "lost": self.lost / len(waits),
            "count": len(waits),
        }
