# SPDX-License-Identifier: Apache-2.0
"""What the daemon takes of the processor when nothing is asked."""

import os
import time

from . import wire
from .daemon import Daemon

SESSIONS = 10_000
SECONDS = 10.0


def measure_idle(bench):
    """Of a daemon with sessions and with a connected client, which looks for expired sessions once a second."""
    daemon = Daemon(bench.place, bench.tools, "idle", "[sessions]\nsweep_interval = 1\n")
    try:
        wire.write_all(daemon.socket, range(SESSIONS), 7200, [0] * SESSIONS)
        connection = wire.Connection(daemon.socket)
        bench.say("idle")
        daemon.settle()
        before = daemon.ticks()
        time.sleep(SECONDS)
        used = daemon.ticks() - before
        connection.ping()
        connection.close()
    finally:
        daemon.stop()
    return {"seconds": used / os.sysconf("SC_CLK_TCK"), "of": SECONDS}
