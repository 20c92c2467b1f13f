# SPDX-License-Identifier: Apache-2.0
"""What all groups of the comparison have in common."""

import os
import shutil
import sys

from .peers import PEERS


class Bench:
    """place, tools: see there. rounds: of the short cases. long_rounds: of those that take seconds each."""

    def __init__(self, place, tools, rounds, peers):
        self.place, self.tools, self.rounds = place, tools, rounds
        self.long_rounds = max(1, min(5, rounds // 4))
        self.peers = [peer for peer in PEERS if not peers or peer.name in peers]

    def servers(self):
        """The names of the servers that the peers need, each once."""
        return dict.fromkeys(peer.server for peer in self.peers if peer.server)

    def begin(self, group):
        """Says on standard error what is measured next."""
        self.done()
        print(f"bench: {group}", file=sys.stderr, flush=True)

    def say(self, text):
        """Progress, for somebody who watches a terminal."""
        if sys.stderr.isatty():
            print(f"\r\x1b[Kbench: {text}", end="", file=sys.stderr, flush=True)

    def done(self):
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def empty(self):
        """Removes what servers and handlers have stored, so that the next group begins with nothing."""
        for name in os.listdir(self.place.directory):
            path = self.place.path(name)
            if name.endswith(".state") or name in ("files", "encrypted-files"):
                shutil.rmtree(path)
            elif name.endswith(".sock"):
                os.unlink(path)
