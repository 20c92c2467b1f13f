# SPDX-License-Identifier: Apache-2.0
"""What the checks in Python share: results that are counted, and programs that run for as long as they are needed."""

import contextlib
import socket
import subprocess
import sys
import time

# For how long anything may take on a busy machine, in seconds.
PATIENCE = 30


class Tally:
    """Counts results, and shows those that are not as they should be."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, expected, actual):
        if expected == actual:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAILED: {what}\n  expected {expected!r}\n  got      {actual!r}", file=sys.stderr)


def await_true(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"{what}, within {PATIENCE} s")
        time.sleep(0.02)


def is_answered(path):
    """Whether somebody listens on a Unix socket. The file alone does not say so: it is there a moment before."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def free_port():
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command, log, path):
    """A program that listens on the Unix socket `path`, until the end."""
    with open(log, "wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        await_true(lambda: process.poll() is not None or is_answered(path), f"{command[0]} does not listen on {path}")
        if process.poll() is not None:
            sys.exit(f"{command[0]} ended at once:\n{log.read_text()}")
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)
