# SPDX-License-Identifier: Apache-2.0
"""One PHP process for each handler, one cycle after another."""

import array
import contextlib

from .quantiles import summary
from .servers import start_server
from .worker import Worker

KIB, MIB = 1 << 10, 1 << 20


class Case:
    """cycles: of one round. sessions: how many there are of this size."""

    def __init__(self, name, title, action, cycles, size=2 * KIB, sessions=10_000):
        self.name, self.title, self.action, self.cycles = name, title, action, cycles
        self.size, self.sessions = size, sessions


CASES = [
    Case("changed", "session changed", "changed", 500),
    Case("unchanged", "session unchanged", "unchanged", 500),
    Case("read_and_close", "read_and_close", "read_and_close", 500),
    Case("new", "new session", "new", 200),
    Case("64k", "64 KiB, changed", "changed", 40, 64 * KIB, 200),
    Case("1m", "1 MiB, changed", "changed", 5, MIB, 20),
]


def measure_core(bench, cases, core):
    """The summaries of all cases and peers. `core`: the one that everything is pinned to, or None."""
    with contextlib.ExitStack() as stack:
        for server in bench.servers():
            stack.callback(start_server(server, bench.place, bench.tools, core).stop)
        workers = {}
        for peer in bench.peers:
            log = bench.place.log(f"php-{peer.name}")
            workers[peer] = stack.enter_context(Worker(peer, bench.place, log, core))
        create(bench, workers, cases)
        times = rounds(bench, workers, cases, core)
        for peer, worker in workers.items():
            for size in {case.size for case in cases}:
                worker.ask("verify", size)
    return {
        case.name: {peer.name: summary(times[case, peer]) for peer in workers}
        for case in cases
    }  # fmt: skip


def create(bench, workers, cases):
    for size, sessions in sorted({(case.size, case.sessions) for case in cases}):
        for peer, worker in workers.items():
            bench.say(f"{sessions} sessions of {size >> 10} KiB: {peer.title}")
            worker.ask("create", sessions, size)


def rounds(bench, workers, cases, core):
    times = {(case, peer): array.array("Q") for case in cases for peer in workers}
    for number in range(bench.rounds):
        bench.say(f"{'unpinned' if core is None else 'pinned'}, round {number + 1} of {bench.rounds}")
        for case in cases:
            for peer, worker in workers.items():
                times[case, peer] += worker.run(case.action, case.cycles, case.size)
    return times
