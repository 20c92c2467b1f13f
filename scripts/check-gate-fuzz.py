#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Sends fuzzed FastCGI to the real cloakroom-fcgi with the real cloakroomd behind it, and looks at both afterwards.

  check-gate-fuzz.py [--bytes 5000000] [--seed 8] [--binaries .build/debug]

Passes when the gate still answers, neither process ended, cloakroomd has logged no warning, and the memory of both is flat.
"""

import argparse
import contextlib
import errno
import os
import pathlib
import random
import secrets
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

from checking import Tally, await_true, free_port, is_answered, running
from session_client import Client, session

WARM_UP = 1_000_000
GROWTH = 8 << 20
NAME, ID = b"PHPSESSID", b"0123456789abcdefghijklmnopqrstuv"
tally = Tally()


def record(kind, content=b"", request=1, padding=0, version=1):
    return struct.pack(">BBHHBB", version, kind, request, len(content), padding, 0) + content + bytes(padding)


def length(count):
    return bytes([count]) if count < 128 else struct.pack(">I", count | 0x80000000)


def pairs(parameters):
    return b"".join(length(len(n)) + length(len(v)) + n + v for n, v in parameters)


def request(parameters, role=1, keep=0, number=1, cut=65_535, stdin=True):
    content = pairs(parameters)
    pieces = [content[at:at + cut] for at in range(0, len(content), cut)] + [b""]
    records = [record(1, struct.pack(">HB5x", role, keep), number)] + [record(4, piece, number) for piece in pieces]
    return records + ([record(5, b"", number)] if stdin else [])


def check_of(cookie, **options):
    parameters = [(b"SCRIPT_NAME", b"/_gate"), (b"REQUEST_METHOD", b"GET"), (b"REMOTE_ADDR", b"127.0.0.1"),
                  (b"REQUEST_URI", b"/secret?a=b"), (b"HTTP_USER_AGENT", b"Browser/1"), (b"HTTP_COOKIE", cookie)]
    return request(parameters + options.pop("more", []), **options)


def valid(source):
    """Records of a stream that is as it should be."""
    cookie = NAME + b"=" + source.choice([ID, source.randbytes(16).hex().encode(), b""])
    kind = source.randrange(8)
    if kind == 0:
        return request([(b"SCRIPT_NAME", source.choice([b"/ping", b"/status"])), (b"QUERY_STRING", source.choice([b"json", b"html", b""]))])
    if kind == 1:
        return [record(9, pairs([(b"FCGI_MAX_CONNS", b""), (b"FCGI_MAX_REQS", b""), (b"FCGI_MPXS_CONNS", b"")]), 0)] + check_of(cookie)
    if kind == 2:
        return check_of(cookie, keep=1) + check_of(cookie, keep=1, number=2)
    if kind == 3:
        return check_of(cookie, role=2, stdin=False)
    if kind == 4:
        return check_of(cookie, more=[(b"X%d" % at, source.randbytes(source.randrange(9))) for at in range(source.randrange(60))])
    if kind == 5:
        return check_of(cookie * source.randrange(1, 8), cut=source.randrange(4, 200))
    if kind == 6:
        return check_of(cookie)[:-1] + [record(5, source.randbytes(source.randrange(2000)), 1, source.randrange(256)), record(5)]
    return check_of(cookie, more=[(b"CLOAKROOM_REQUIRE", source.choice([b"any", b"identified", b"?"]))])


def fuzzed(source):
    """The bytes of one connection."""
    kind = source.randrange(9)
    if kind == 0:
        return source.randbytes(source.randrange(1, 3000))
    records = valid(source)
    if kind == 1:
        records = valid(source)[:1] + records
    if kind == 2:
        source.shuffle(records)
    if kind == 3:
        at = source.randrange(len(records) + 1)
        records[at:at] = [record(source.randrange(256), source.randbytes(source.randrange(64)), source.randrange(3), source.randrange(9))]
    if kind == 4:
        names = [b"FCGI_MAX_CONNS", b"FCGI_MAX_REQS", b"x"] * source.randrange(1, 20)
        records[0:0] = [record(9, pairs((name, b"") for name in names), 0)]
    data = bytearray(b"".join(records))
    if kind == 5:
        for _ in range(source.randrange(1, 8)):
            data[source.randrange(len(data))] ^= 1 << source.randrange(8)
    if kind == 6:
        del data[source.randrange(len(data)):]
    if kind == 7:
        # Lengths of records, and of names and values.
        at = source.choice([4, 5, 20, 21, 22, 24, 25, 28]) % len(data)
        data[at:at + source.randrange(1, 5)] = source.choice([b"\xff\xff\xff\xff", b"\x00", b"\x80\x00\x00\x00", b"\xff\xff", b"\x7f"])
    if kind == 8:
        at = source.randrange(len(data))
        data[at:at] = source.randbytes(source.randrange(1, 64))
    return bytes(data)


class Gate:
    """The gate under a supervisor that starts it again when it ends, as systemd does."""

    def __init__(self, command, log, path):
        self.command, self.log, self.path, self.restarts = command, log, path, 0
        self.process = None
        self.start()

    def start(self):
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        await_true(lambda: self.process.poll() is not None or is_answered(self.path), "the gate does not listen")
        if self.process.poll() is not None:
            sys.exit(f"the gate ended at once:\n{self.log.read_text()}")

    def look(self):
        if self.process.poll() is not None:
            print(f"the gate ended with {self.process.returncode}", file=sys.stderr)
            began = time.monotonic()
            self.start()
            self.restarts += 1
            tally.check("a restart takes less than a second", True, time.monotonic() - began < 1)

    def stop(self):
        self.process.terminate()
        return self.process.wait(30)


def exchange(address, data, reads=True):
    """Sends bytes and the end; what comes back until the gate closes."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    answer = b""
    with socket.socket(family) as peer:
        peer.settimeout(20)
        try:
            peer.connect(address)
            peer.sendall(data)
            if not reads:
                return b""
            peer.shutdown(socket.SHUT_WR)
            while chunk := peer.recv(65_536):
                answer += chunk
        except TimeoutError:
            tally.check("a connection is answered or closed", "closed", f"open after 20 s; sent {data[:64].hex()}")
        except OSError as error:
            # The gate closes what cannot be right at once, also while more is sent.
            if error.errno not in (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN):
                raise
    return answer


def resident(process):
    return int(pathlib.Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def make_session(path):
    """A session that lives for an hour."""
    client = Client(path, "")
    client.write(session(ID), version=0)
    for answer in (client.greeting, client.answer()):
        tally.check("the daemon takes the session", False, answer[0] == 0xFF)


def fuzz(gate, addresses, total, seed):
    source, sent, connections = random.Random(seed), 0, 0
    while sent < total:
        data = fuzzed(source)
        exchange(source.choice(addresses), data, reads=source.randrange(8) > 0)
        gate.look()
        sent += len(data)
        connections += 1
    return sent, connections


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bytes", type=int, default=5_000_000)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--binaries", type=pathlib.Path, default=pathlib.Path(".build/debug"))
    options = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="cloakroom-gate-fuzz."))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, work)
        (work / "key").touch(0o600)
        (work / "key").write_text(secrets.token_hex(32) + "\n")
        command = [options.binaries / "cloakroomd", "--key-file", work / "key", "--state-dir", work / "state"]
        log, path, port = work / "log", work / "gate.fcgi", free_port()
        daemon = stack.enter_context(running([*command, "--socket", work / "php.sock"], log, work / "php.sock"))
        make_session(work / "php.sock")
        gate = Gate(
            [options.binaries / "cloakroom-fcgi", "--socket", path, "--daemon", work / "gate.sock",
             "--listen", f"127.0.0.1:{port}", "--request-timeout", "5"],
            work / "gate.log", path,
        )
        stack.callback(gate.stop)
        first, addresses = gate.process.pid, [str(path), ("127.0.0.1", port)]
        sent, first_connections = fuzz(gate, addresses, min(WARM_UP, options.bytes // 5), options.seed)
        before = resident(gate.process), resident(daemon)
        began = time.monotonic()
        more, connections = fuzz(gate, addresses, options.bytes - sent, options.seed + 1)
        took = time.monotonic() - began
        after = resident(gate.process), resident(daemon)

        ping = exchange(str(path), b"".join(request([(b"SCRIPT_NAME", b"/ping")])))
        tally.check("ping is answered", True, b"pong" in ping)
        answer = exchange(str(path), b"".join(check_of(NAME + b"=" + ID)))
        tally.check("a session is admitted", True, b"Cloakroom-Reason: admitted" in answer)
        answer = exchange(str(path), b"".join(check_of(NAME + b"=" + b"x" * 32)))
        tally.check("an unknown one is not", True, b"Status: 401" in answer)
        tally.check("cloakroomd runs", None, daemon.poll())
        tally.check("warnings of cloakroomd", [], [line for line in log.read_text().splitlines() if line[:3] in ("<2>", "<3>", "<4>")])
        tally.check("restarts of the gate", 0, gate.restarts)
        if gate.restarts == 0:
            tally.check("the gate's process", first, gate.process.pid)
            tally.check("growth of the gate is bounded", True, after[0] - before[0] < GROWTH)
        tally.check("growth of cloakroomd is bounded", True, after[1] - before[1] < GROWTH)
    kib = [f"{(now - then) // 1024:+d} KiB to {now // 1024} KiB" for then, now in zip(before, after)]
    print(f"gate fuzz: {tally.passed} checks passed, {tally.failed} failed; {sent + more} bytes "
          f"on {first_connections + connections} connections with seed {options.seed} in {took:.0f} s; "
          f"restarts: {gate.restarts}; memory of the gate {kib[0]}, of cloakroomd {kib[1]}")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
