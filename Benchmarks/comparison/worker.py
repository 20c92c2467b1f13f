# SPDX-License-Identifier: Apache-2.0
"""PHP processes that use sessions (Benchmarks/handlers)."""

import array
import os
import shutil

from .failure import Failure
from .process import Process

SCRIPT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "handlers", "serve.php")


def php_program():
    return shutil.which("php") or "php"


class Worker:
    """One PHP process with the session handler of a peer."""

    def __init__(self, peer, place, log, core=None):
        arguments = [php_program()]
        for name, value in {**COMMAND_LINE, **peer.settings(place)}.items():
            arguments += ["-d", f'{name}="{value}"']
        arguments += [SCRIPT, *peer.arguments(place)]
        self._process = Process(arguments, log, core=core, environment=peer.environment(place), pipes=True)
        self._name = peer.name

    def ask(self, *words):
        """Has a command carried out, and returns the answer."""
        self.tell(*words)
        return self.answer()

    def tell(self, *words):
        try:
            self._process.input.write(" ".join(str(word) for word in words).encode() + b"\n")
            self._process.input.flush()
        except BrokenPipeError:
            self._fail()

    def answer(self):
        line = self._process.output.readline()
        if not line.endswith(b"\n"):
            self._fail()
        return line.decode().strip()

    def times(self):
        """The times that follow an answer, in nanoseconds."""
        count = int(self.answer())
        received = self._process.output.read(8 * count)
        if len(received) < 8 * count:
            self._fail()
        return array.array("Q", received)

    def run(self, case, cycles, size):
        self.tell("run", case, cycles, size)
        return self.times()

    def stop(self):
        self._process.stop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _fail(self):
        self._process.stop()
        raise Failure(f"{self._name}: PHP has ended\n{self._process.log()}")


# Sessions are chosen by the script. Nothing is left to PHP's garbage collection, and nothing expires.
COMMAND_LINE = {
    "session.use_cookies": "0",
    "session.use_only_cookies": "0",
    "session.cache_limiter": "",
    "session.gc_probability": "0",
    "session.gc_maxlifetime": "7200",
    "opcache.enable": "1",
    "opcache.enable_cli": "1",
    "error_reporting": "32767",
    "display_errors": "stderr",
    "log_errors": "0",
    "html_errors": "0",
    "memory_limit": "512M",
}
