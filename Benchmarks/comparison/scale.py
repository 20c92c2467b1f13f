# SPDX-License-Identifier: Apache-2.0
"""The daemon with a thousand to a million sessions."""

import array
import contextlib
import signal
import time

from . import wire
from .daemon import Daemon, disk_use
from .failure import Failure
from .peers import Peer, cloakroom
from .quantiles import percentile, summary
from .worker import Worker

SIZES = [1_000, 100_000, 1_000_000]
SIZE = 2048
LIFETIME = 7200
CYCLES = 200
STARTS = 5
KILLS = 3
# Changes before a kill -9, so that there is a log to replay.
CHANGES = 2000
SLICE = 1.0
LONGEST_SWEEP = 300
# Expired sessions are removed when this program asks for it; what the daemon logs when it has done so. What has ended goes at once.
CONFIGURATION = "[sessions]\nsweep_interval = 86400\nremember_ended = 0\n"
SWEPT = "expired sessions removed"


def measure_scale(bench, core):
    with contextlib.ExitStack() as stack:
        stores = [Store(bench, sessions, stack) for sessions in SIZES]
        for store in stores:
            store.load()
        latency(bench, stores, core)
        for store in stores:
            store.measure_starts()
        results = {"sizes": {str(store.sessions): store.figures for store in stores}}
        for store in stores[:-1]:
            store.close()
        results["expiry"] = stores[-1].expire()
    return results


def latency(bench, stores, core):
    """Changed cycles with each number of sessions, in turn, everything on one core."""
    for store in stores:
        store.start(core)
    times = {store: array.array("Q") for store in stores}
    for number in range(bench.rounds):
        bench.say(f"changed with {', '.join(f'{size:,}' for size in SIZES)} sessions, round {number + 1} of {bench.rounds}")
        for store in stores:
            times[store] += store.worker.run("changed", CYCLES, SIZE)
    for store in stores:
        store.figures |= summary(times[store])
        store.note_memory()
        store.stop()


class Store:
    """One daemon and its sessions. The first half of them is used, the other half expires."""

    def __init__(self, bench, sessions, stack):
        self.sessions = sessions
        self._bench, self._stack = bench, stack
        self._name = f"scale-{sessions}"
        self._peer = Peer(self._name, self._name, None, True, cloakroom(self._name))
        self._versions = array.array("Q", bytes(8 * sessions))
        self._daemon = None
        self.worker = None
        self.figures = {"resident_mib": 0.0}
        stack.callback(self.close)

    def start(self, core=None):
        self._daemon = Daemon(self._bench.place, self._bench.tools, self._name, CONFIGURATION, core)
        self.worker = Worker(self._peer, self._bench.place, self._bench.place.log(f"php-{self._name}"), core)
        self.worker.ask("numbered", 0, self.sessions // 2, SIZE)

    def stop(self, number=signal.SIGTERM):
        if self.worker is not None:
            self.worker.stop()
            self.worker = None
        if self._daemon is not None:
            self._daemon.stop(number)
            self._daemon = None

    def close(self):
        self.stop()

    def note_memory(self):
        """Keeps the most memory that was seen."""
        self.figures["resident_mib"] = max(self.figures["resident_mib"], self._daemon.resident_mib())

    def load(self):
        self._bench.say(f"loading {self.sessions:,} sessions")
        self.start()
        begin = time.monotonic()
        wire.write_all(self._daemon.socket, range(self.sessions), LIFETIME, self._versions)
        self.figures["loaded_per_second"] = self.sessions / (time.monotonic() - begin)
        self._bench.say(f"compaction of {self.sessions:,} sessions")
        self._daemon.settle()
        self.note_memory()
        self.figures["peak_mib"] = self._daemon.peak_mib()
        self.stop()
        self.figures["disk_per_session"] = disk_use(self._bench.place.path(f"{self._name}.state")) / self.sessions
        self.figures["disk_per_plain_byte"] = self.figures["disk_per_session"] / len(wire.CONTENTS)

    def measure_starts(self):
        """From exec to the first answer, on whatever core."""
        self.figures["start"] = self._starts(STARTS, signal.SIGTERM, changes=0)
        self.figures["start_after_kill"] = self._starts(KILLS, signal.SIGKILL, changes=CHANGES)

    def _starts(self, count, end, changes):
        times = []
        for number in range(count):
            self._bench.say(f"start with {self.sessions:,} sessions, {number + 1} of {count}")
            self.start()
            if changes:
                self.worker.run("changed", changes, SIZE)
            self.stop(end)
            self.start()
            times.append(self._daemon.start_seconds)
            self.stop()
        return percentile(sorted(times), 0.5)

    def expire(self):
        """Has half of the sessions expire, and measures what those notice that use the others."""
        half = self.sessions // 2
        self.start()
        # At its start the daemon counts its sessions, and then removes those that have expired: not the ones meant here.
        self._daemon.settle()
        expiring = range(half, half * 2)
        self._bench.say(f"touching {half:,} sessions, so that they expire")
        wire.touch_all(self._daemon.socket, expiring, 1, self._versions)
        time.sleep(2.1)
        self._daemon.settle()
        quiet, busy = array.array("Q"), array.array("Q")
        for _ in range(5):
            quiet += self._slice("without expiry")
        sweeps = self._daemon.said(SWEPT)
        begin = time.monotonic()
        connection = wire.Connection(self._daemon.socket)
        if connection.collect() == 0:
            raise Failure("no session has expired")
        while self._daemon.said(SWEPT) == sweeps:
            busy += self._slice(f"expiring {half:,}")
            if time.monotonic() - begin > LONGEST_SWEEP:
                raise Failure(f"expired sessions are still there after {LONGEST_SWEEP} s")
        seconds = time.monotonic() - begin
        self._check(connection, expiring)
        self._daemon.settle()
        for _ in range(5):
            quiet += self._slice("without expiry")
        without, during = summary(quiet), summary(busy)
        return {
            "sessions": half,
            "seconds": seconds,
            "median_without": without["median"],
            "p99_without": without["p99"],
            "median_during": during["median"],
            "p99_during": during["p99"],
        }

    def _slice(self, what):
        self._bench.say(f"changed, {what}")
        self.worker.tell("stream", SIZE, SLICE)
        return self.worker.times()

    def _check(self, connection, expired):
        if connection.collect() != 0:
            raise Failure("expired sessions are left")
        if any(connection.exists(number) for number in expired[:: len(expired) // 100]):
            raise Failure("an expired session is still there")
        if not all(connection.exists(number) for number in range(0, self.sessions // 2, self.sessions // 200)):
            raise Failure("a session is gone that had not expired")
        connection.close()
