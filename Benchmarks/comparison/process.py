# SPDX-License-Identifier: Apache-2.0
"""Processes that the comparison starts, and ends by their ids."""

import contextlib
import os
import signal
import subprocess
import time

from .failure import Failure

DEADLINE = 20.0


def await_condition(condition, process, what, deadline=DEADLINE):
    """Waits until the condition holds; fails when the process ends, or after `deadline` seconds."""
    end = time.monotonic() + deadline
    while not condition():
        if process is not None and process.has_ended():
            raise Failure(f"{what}: the process has ended\n{process.log()}")
        if time.monotonic() > end:
            log = "" if process is None else "\n" + process.log()
            raise Failure(f"{what}: not within {deadline:.0f} s{log}")
        time.sleep(0.002)


class Process:
    """A program with its output in a log. `core`: the one core that it may use, or None."""

    def __init__(self, arguments, log, core=None, environment=None, pipes=False):
        if core is not None:
            arguments = ["taskset", "-c", str(core), *arguments]
        self.name = os.path.basename(log)
        self._log = log
        pipe = subprocess.PIPE if pipes else None
        with open(log, "ab") as output:
            try:
                self._popen = subprocess.Popen(
                    arguments,
                    stdin=pipe or subprocess.DEVNULL,
                    stdout=pipe or output,
                    stderr=output,
                    env={**os.environ, **(environment or {})},
                )
            except OSError as error:
                raise Failure(f"cannot start {arguments[0]}: {error.strerror}") from error
        self.pid = self._popen.pid
        self.input, self.output = self._popen.stdin, self._popen.stdout

    def has_ended(self):
        return self._popen.poll() is not None

    def log(self):
        """The end of what it has said."""
        with open(self._log, errors="replace") as file:
            return "".join(f"  {self.name}: {line}" for line in file.readlines()[-20:])

    def stop(self, number=signal.SIGTERM):
        """Ends it, and waits until it has ended."""
        for stream in (self.input, self.output):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        if not self.has_ended():
            self._popen.send_signal(number)
        try:
            self._popen.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
