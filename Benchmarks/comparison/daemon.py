# SPDX-License-Identifier: Apache-2.0
"""A cloakroomd whose use of memory and of the processor is looked at."""

import os
import signal
import time

from . import wire
from .process import Process, await_condition
from .servers import cloakroom

# The daemon has settled when for so long, in seconds, its files keep their size and it does next to nothing.
QUIET = 3.0
QUIET_TICKS = 3
SETTLE_DEADLINE = 180.0


class Daemon:
    """start_seconds: from exec to the first answer."""

    def __init__(self, place, tools, name, configuration, core=None):
        self.socket = place.socket(name)
        self._state = place.path(f"{name}.state")
        self._log = place.log(name)
        begin = time.monotonic()
        self._process = Process(cloakroom(place, tools, name, configuration), self._log, core=core)
        try:
            await_condition(self._answers, self._process, f"{name} does not answer")
        except BaseException:
            self.stop()
            raise
        self.start_seconds = time.monotonic() - begin

    def stop(self, number=signal.SIGTERM):
        self._process.stop(number)

    def _answers(self):
        try:
            connection = wire.Connection(self.socket)
        except OSError:
            return False
        connection.ping()
        connection.close()
        return True

    def resident_mib(self):
        return self._status("VmRSS")

    def peak_mib(self):
        return self._status("VmHWM")

    def _status(self, field):
        with open(f"/proc/{self._process.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(field)) / 1024

    def ticks(self):
        """Processor time so far, of all threads, in clock ticks."""
        with open(f"/proc/{self._process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def settle(self):
        """Waits until flushes and compactions are done."""
        end = time.monotonic() + SETTLE_DEADLINE
        size, ticks, since = None, 0, time.monotonic()
        while time.monotonic() - since < QUIET and time.monotonic() < end:
            time.sleep(0.2)
            now = disk_use(self._state), self.ticks()
            if now[0] != size or now[1] - ticks > QUIET_TICKS:
                (size, ticks), since = now, time.monotonic()

    def said(self, text):
        """How often its log has a text."""
        with open(self._log, errors="replace") as file:
            return file.read().count(text)


def disk_use(directory):
    """Bytes that the files of a directory take on the disk."""
    total = 0
    for parent, _, names in os.walk(directory):
        for name in names:
            try:
                total += 512 * os.stat(os.path.join(parent, name)).st_blocks
            except FileNotFoundError:
                pass  # A table that was compacted meanwhile.
    return total
