# SPDX-License-Identifier: Apache-2.0
"""nginx, PHP-FPM and wrk."""

import contextlib
import copy
import json
import os
import subprocess
import urllib.error
import urllib.request

from .failure import Failure
from .fpm import page_locations, start_fpm, start_nginx
from .peers import PROJECT
from .quantiles import percentile
from .servers import start_server

CLIENTS = [8, 64]
PAGES = ["changed", "unchanged"]
SESSIONS = 10_000
SECONDS = 1
# Sessions made, or read, by one request.
BATCH = 500
NO_SESSION = "no session"
# Of all requests: a session belongs to the browser that made it.
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def measure_http(bench):
    peers = [peer for peer in bench.peers if not peer.is_floor]
    with contextlib.ExitStack() as stack:
        for server in bench.servers():
            stack.callback(start_server(server, bench.place, bench.tools).stop)
        stack.callback(start_fpm(bench.place, peers).stop)
        nginx, port = start_nginx(bench.place, page_locations(bench.place, peers))
        stack.callback(nginx.stop)
        sites = [Site(bench, peer, port) for peer in peers]
        results = rounds(bench, sites)
        for site in sites:
            site.verify()
    return results


def rounds(bench, sites):
    runs = {}
    for number in range(bench.long_rounds):
        for clients in CLIENTS:
            for page in PAGES:
                bench.say(f"HTTP, {clients} clients, {page}, round {number + 1} of {bench.long_rounds}")
                for site in sites:
                    run = site.run(f"{page}.php", clients)
                    runs.setdefault((clients, page, site.peer.name), []).append(run)
            run = sites[0].run("none.php", clients)
            for page in PAGES:
                runs.setdefault((clients, page, NO_SESSION), []).append(run)
    results = {}
    for (clients, page, name), figures in runs.items():
        results.setdefault(str(clients), {}).setdefault(page, {})[name] = medians(figures)
    return results


def medians(runs):
    """The medians of the rounds' figures; times in milliseconds."""
    return {
        name: percentile(sorted(run[name] for run in runs), 0.5) for name in ("per_second", "median", "p99")
    }  # fmt: skip


class Site:
    """The pages with the session handler of one peer."""

    def __init__(self, bench, peer, port):
        self.peer = peer
        self._place = bench.place
        self._address = f"http://127.0.0.1:{port}/{peer.name}"
        bench.say(f"{SESSIONS} sessions by PHP-FPM: {peer.title}")
        self._ids = []
        while len(self._ids) < SESSIONS:
            self._ids += self._get(f"create.php?count={BATCH}").split()
        self._file = bench.place.path(f"ids-{peer.name}")
        with open(self._file, "w") as output:
            output.write("".join(f"{id}\n" for id in self._ids))
        # What was changed for certain, and what may have been: requests that were under way when wrk ended.
        self._changes, self._open = 0, 0

    def at(self, address):
        """The same sessions, presented at another address."""
        other = copy.copy(self)
        other._address = address
        return other

    def run(self, page, clients):
        command = [
            "wrk", "-t1", f"-c{clients}", f"-d{SECONDS}s", "--timeout", "10s",
            "-s", os.path.join(PROJECT, "Benchmarks/sessions.lua"), f"{self._address}/{page}",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "BENCH_IDS": self._file, "BENCH_AGENT": AGENT})
        lines = [line for line in done.stdout.splitlines() if line.startswith("figures ")]
        if done.returncode != 0 or not lines:
            raise Failure(f"{self.peer.title}: wrk failed\n{done.stdout}{done.stderr}")
        figures = json.loads(lines[0].split(" ", 1)[1])
        if figures["refused"] or figures["socket_errors"] or not figures["requests"]:
            raise Failure(
                f"{self.peer.title}, {page}, {clients} clients: of {figures['requests']} requests {figures['refused']} had "
                f"another status than 200, and there were {figures['socket_errors']} socket errors\n{self._logs()}"
            )
        if page == "changed.php":
            self._changes += figures["requests"]
            self._open += clients
        figures["per_second"] = figures["requests"] / figures["seconds"]
        return figures

    def verify(self):
        """The sessions must have been changed as often as wrk was answered."""
        visits = 0
        for start in range(0, SESSIONS, BATCH):
            visits += int(self._get("visits.php", "\n".join(self._ids[start : start + BATCH]).encode()))
        if not self._changes <= visits <= self._changes + self._open:
            raise Failure(f"{self.peer.title}: the sessions have {visits} changes, and {self._changes} pages were answered")

    def _get(self, page, body=None):
        try:
            with urllib.request.urlopen(self._request(page, body), timeout=60) as answer:
                return answer.read().decode()
        except urllib.error.URLError as error:
            raise Failure(f"{self.peer.title}: {page}: {error}\n{self._logs()}") from error

    def _request(self, page, body):
        return urllib.request.Request(f"{self._address}/{page}", body, {"User-Agent": AGENT})

    def _logs(self):
        text = ""
        for name in ("fpm", "fpm-error", "nginx-error", self.peer.server, "gate"):
            path = name and self._place.log(name)
            if path and os.path.exists(path):
                with open(path, errors="replace") as file:
                    text += "".join(f"  {name}: {line}" for line in file.readlines()[-10:])
        return text
