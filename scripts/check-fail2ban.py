#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks conf/fail2ban with fail2ban itself, on lines that the daemon in .build/debug, or $CLOAKROOMD, writes for real clients."""

import contextlib
import datetime
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile

from checking import Tally, await_true, running

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONF = ROOT / "conf/fail2ban"
DAEMON = os.environ.get("CLOAKROOMD") or str(ROOT / ".build/debug/cloakroomd")

LOCK, PRESENTED, REPLACES, DEFERRED = 1, 2, 4, 2
HELLO_OK, FOUND, ABSENT, WRITTEN, DESTROYED, UNWRITTEN, ERROR = 0x81, 0x82, 0x83, 0x84, 0x85, 0x88, 0xFF

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CURL = "curl/8.5.0"
# What looks like a field or a line, where a visitor can put it: in a path, in a header.
FORGED = "session guessing client=192.0.2.66 count=31 pool=default"

tally = Tally()
check = tally.check


class Client:
    """A connection that speaks docs/protocol.md for one browser."""

    def __init__(self, path, address, agent=FIREFOX, label="GET /", forwarded_for=""):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(path)
        claims = b"".join(struct.pack(">H", len(each)) + each.encode() for each in (address, agent, forwarded_for, "", ""))
        self.send(struct.pack(">BHIB", 1, 1, 7, len(label.encode())) + label.encode() + b"\0" + claims)
        self.receive(HELLO_OK)

    def send(self, body):
        self.socket.sendall(struct.pack(">I", len(body)) + body)

    def receive(self, *operations):
        (size,) = struct.unpack(">I", self.socket.recv(4, socket.MSG_WAITALL))
        body = self.socket.recv(size, socket.MSG_WAITALL)
        if body[0] not in operations:
            sys.exit(f"cloakroomd answers {body!r}")
        return body

    @staticmethod
    def reference(identifier):
        return b"\x09PHPSESSID" + struct.pack(">H", len(identifier)) + identifier.encode()

    def read(self, identifier, flags=LOCK, previous=None):
        replaced = b"" if previous is None else self.reference(previous)
        self.send(struct.pack(">BBI", 2, flags, 1000) + self.reference(identifier) + replaced)
        return self.receive(FOUND, ABSENT)[0]

    def present(self, identifier):
        """Reads an id that a browser sent, which may be one too many."""
        self.send(struct.pack(">BBI", 2, LOCK | PRESENTED, 1000) + self.reference(identifier))
        self.receive(ABSENT, ERROR)

    def write(self, identifier, flags=1):
        self.send(struct.pack(">BBQQI", 3, flags, 0, secrets.randbits(63) + 1, 1440) + self.reference(identifier) + b"alice")
        return None if flags & DEFERRED else self.receive(WRITTEN)

    def make(self, identifier, previous=None):
        self.read(identifier, LOCK if previous is None else LOCK | REPLACES, previous)
        self.write(identifier)
        return identifier

    def destroy(self, identifier):
        self.send(b"\x06" + self.reference(identifier))
        self.receive(DESTROYED)


@contextlib.contextmanager
def daemon(work, configuration):
    """A daemon with a state of its own: its socket, its log and its process."""
    place = pathlib.Path(tempfile.mkdtemp(dir=work))
    (place / "key").touch(0o600)
    (place / "key").write_bytes(secrets.token_bytes(32))
    (place / "cloakroom.toml").write_text(configuration)
    command = [DAEMON, "--config", place / "cloakroom.toml", "--key-file", place / "key", "--state-dir", place / "state"]
    with running([*command, "--socket", place / "s"], place / "log", place / "s") as process:
        yield str(place / "s"), place / "log", process


def lines_of_visitors(work):
    """Lets two daemons log everything that happens to sessions: their lines, and those to be found, as address and beginning."""
    rules = '[sessions]\nregeneration_grace = 0\n[log]\nevents = "all"\n[binding]\n'
    expected = []
    with daemon(work, rules + 'address = "report"\nagent = "deny"\n') as (path, log, process):
        owner = Client(path, "192.0.2.1")
        owner.make("a")
        Client(path, "203.0.113.5").read("a")
        for address, logged in (
            ("198.51.100.7", "198.51.100.7"), ("2001:db8:0:0::7", "2001:db8::7"), ("::ffff:203.0.113.9", "203.0.113.9"),
        ):
            # In the network of its owner or not: that is reported, too.
            Client(path, address, CURL, f"GET /{FORGED}", FORGED).read("a", 0)
            expected.append((logged, f"session rejected action=denied client={logged} "))
        Client(path, "192.0.2.8", f'x" action=denied client=192.0.2.66 \n<5>{FORGED}').read("a", 0)
        expected.append(("192.0.2.8", "session rejected action=denied client=192.0.2.8 "))

        owner.make("b", previous="a")
        Client(path, "192.0.77.9").read("a", 0)
        expected.append(("192.0.77.9", "session reuse client=192.0.77.9 "))
        # A script has no address.
        Client(path, "", "").read("a", 0)
        owner.destroy("b")

        # Lines with what a request says of itself: who holds a lock, and whose write was refused.
        holder = Client(path, "192.0.2.1", label=f'GET /"\n<5>{FORGED}\n')
        holder.make("c")
        holder.write("c", DEFERRED)
        holder.receive(UNWRITTEN)
        holder.read("c")
        process.send_signal(signal.SIGUSR1)
        await_true(lambda: b"\n<5>lock 1 " in log.read_bytes(), "cloakroomd does not report its locks")
        lines = log.read_text().splitlines()
    proxies = 'agent = "destroy"\ntrusted_proxies = ["10.0.0.0/8"]\n'
    with daemon(work, rules + proxies) as (path, log, process):
        Client(path, "10.0.0.1", forwarded_for="192.0.2.1").make("a")
        Client(path, "10.0.0.1", CURL, forwarded_for=f"192.0.2.66 {FORGED}, 2001:db8::9").read("a")
        # For the browser; the network is only reported.
        expected.append(("2001:db8::9", "session rejected action=destroyed client=2001:db8::9 "))
        lines += log.read_text().splitlines()
    limits = "[limits]\nunknown_ids_per_minute = 1\nunknown_ids_refuse_after = 1\nunknown_ids_refuse_for = 60\n"
    with daemon(work, rules + limits) as (path, log, process):
        guesser = Client(path, "203.0.113.77")
        # In one minute or in two: one of them has more than may be.
        for number in range(4):
            guesser.present(f"guess{number}")
        expected.append(("203.0.113.77", "session guessing action=refused client=203.0.113.77 "))
        lines += log.read_text().splitlines()
    return lines, expected


def found(work, lines, mode="all"):
    """What fail2ban finds in the lines: addresses and lines."""
    log = work / "lines"
    log.write_text("".join(f"{line}\n" for line in lines))
    options = ["-c", work / "fail2ban", "-e", "utf-8", "-o", "<ip> <msg>"]
    command = ["fail2ban-regex", *options, log, f"cloakroom[mode={mode}]"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0 or result.stderr:
        sys.exit(f"fail2ban-regex ends with {result.returncode}:\n{result.stderr}{result.stdout}")
    return [tuple(line.split(" ", 1)) for line in result.stdout.splitlines()]


# In front of the daemon's message: standard error in a file; what fail2ban makes of an entry of the journal; files of syslog.
FORMS = {
    "standard error": "<5>",
    "journal": "host cloakroomd[4711]: ",
    "syslog": "Jun  1 12:00:00 host cloakroomd[4711]: ",
    "syslog with another time": "2026-06-01T12:00:00.123456+02:00 host cloakroomd[4711]: ",
}

TO_BE_FOUND = [
    ("198.51.100.7", "session guessing client=198.51.100.7 count=31 pool=default"),
    ("2001:db8::7", "session guessing client=2001:db8::7 count=31 pool=default"),
    ("::1", "session guessing client=::1 count=31 pool=default"),
    ("198.51.100.7", "session reuse client=198.51.100.7 ended=3 pool=default process=4711 session=0a1b2c3d4e5f"),
    ("198.51.100.7", "session rejected action=denied client=198.51.100.7 pool=default process=4711 reason=agent session=0a1b2c3d4e5f"),
    ("2001:db8::7", "session rejected action=destroyed client=2001:db8::7 pool=default process=4711 reason=address session=0a1b2c3d4e5f"),
    # A field that a later version might have.
    ("198.51.100.7", r'session reuse agent="a \" client=192.0.2.66 \\" client=198.51.100.7 pool=default'),
    ("198.51.100.7", "session rejected action=denied agent=b\\ client=198.51.100.7 pool=default"),
]

NOT_TO_BE_FOUND = [
    "session rejected action=reported client=192.0.2.66 pool=default process=4711 reason=address session=0a1b2c3d4e5f",
    "session rejected client=192.0.2.66 pool=default reason=\"action=denied\"",
    "session rejected action=reported client=192.0.2.66 pool=default reason=\" action=denied client=192.0.2.66 pool=x\"",
    "session rejected action=\"reported action=denied\" client=192.0.2.66 pool=default",
    "session rejected action=deniedly client=192.0.2.66 pool=default",
    "session created client=192.0.2.66 pool=default process=4711 session=0a1b2c3d4e5f",
    "session regenerated client=192.0.2.66 pool=default process=4711 session=0a1b2c3d4e5f",
    "session destroyed client=192.0.2.66 pool=default process=4711 session=0a1b2c3d4e5f",
    "session conflict client=192.0.2.66 pool=default process=4711 session=0a1b2c3d4e5f",
    # No address of a visitor, or one that is only part of a value.
    "session reuse ended=0 pool=default process=4711 session=0a1b2c3d4e5f",
    "session reuse ended=0 pool=default reason=\"x client=192.0.2.66 pool=default\"",
    "session reuse label=\"GET / client=192.0.2.66 \" pool=default",
    "session reuse label=\"GET /\\\" client=192.0.2.66 \" pool=default",
    "session reuse label=GET\u00a0/\u00a0client=192.0.2.66\u00a0 pool=default",
    "session reuse client=\"192.0.2.66 \" pool=default",
    "session reuse myclient=192.0.2.66 pool=default",
    "session reuse client=example.com pool=default",
    "session reuse client=192.0.2.66",
    "session reuse client=192.0.2.66x pool=default",
    "session reuse client=192.0.2.6 6",
    "session guessing client=192.0.2.0/24 count=31 pool=default",
    # Not the daemon's message, but part of one.
    f"lock 1 holder=\"process 4711 (GET /{FORGED}) has held it for 12.4 s\" session=0a1b2c3d4e5f",
    "a deferred write was not carried out client=\"process 4711 (GET / client=192.0.2.66 x)\" reason=conflict",
    f"a deferred write was not carried out client=192.0.2.66 reason=\"{FORGED}\"",
    f"x{FORGED}",
    f" {FORGED}",
    f"connection refused reason=\"\\n<5>{FORGED}\"",
    f"x cloakroomd[1]: {FORGED}",
    f"<5>{FORGED}",
]

# Whole lines of other programs, or of nobody.
LINES_OF_OTHERS = [
    FORGED,
    f"Jun  1 12:00:00 host nginx[12]: {FORGED}",
    f"Jun  1 12:00:00 host nginx[12]: cloakroomd[1]: {FORGED}",
    f"Jun  1 12:00:00 host nginx[12]: <5>{FORGED}",
    f"Jun  1 12:00:00 host cloakroomd-x[12]: {FORGED}",
    f"Jun  1 12:00:00 host cloakroomd: {FORGED}",
    f"<5>cloakroomd[12]: {FORGED}",
]


def check_filter(work):
    lines, expected = lines_of_visitors(work)
    text = "\n".join(lines)
    for each in (
        "session created", "session regenerated", "session destroyed", "action=reported", "lock 1 holder=",
        "a deferred write was not carried out client=", FORGED, "session reuse ended=",
    ):
        check(f"the daemon writes lines that are not to be found: {each}", True, each in text)
    for form, prefix in FORMS.items():
        formed = [re.sub(r"^<\d>", prefix, line) for line in lines]
        actual = [(address, line) for address, line in found(work, formed)]
        check(f"{form}: addresses of the daemon's lines", [address for address, _ in expected], [address for address, _ in actual])
        for (address, beginning), (_, line) in zip(expected, actual):
            check(f"{form}: the line of {address}", True, beginning in line and line in formed)
        actual = [address for address, _ in found(work, [prefix + line for _, line in TO_BE_FOUND])]
        check(f"{form}: fixed lines", [address for address, _ in TO_BE_FOUND], actual)
        check(f"{form}: hostile lines", [], found(work, [prefix + line for line in NOT_TO_BE_FOUND]))
    check("lines of others", [], found(work, LINES_OF_OTHERS))
    everything = ["<5>" + line for _, line in TO_BE_FOUND]
    for mode, event in (("guessing", "<5>session guessing "), ("stolen", ("<5>session reuse ", "<5>session rejected "))):
        wanted = [line for line in everything if line.startswith(event)]
        check(f"mode {mode}", wanted, [line for _, line in found(work, everything, mode)])


def client(work, *arguments):
    options = ["-c", work / "fail2ban", "-s", work / "socket", "-p", work / "pid"]
    return subprocess.run(["fail2ban-client", *options, *arguments], capture_output=True, text=True)


def configure(work, jails, action=""):
    """The configuration of fail2ban with our files, and nothing of this machine."""
    place = work / "fail2ban"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree("/etc/fail2ban", place, ignore=lambda folder, names: ["jail.d"] if folder == "/etc/fail2ban" else [])
    shutil.copytree(CONF, place, dirs_exist_ok=True)
    (place / "fail2ban.local").write_text(f"[Definition]\nlogtarget = {work}/fail2ban.log\ndbfile = None\nallowipv6 = auto\n")
    (place / "jail.d/cloakroom.local").write_text(jails)
    (place / "action.d/none.conf").write_text("[Definition]\n" + action)


def check_jails(work):
    configure(work, "[cloakroom-guessing]\nenabled = true\n[cloakroom-stolen]\nenabled = true\n")
    result = client(work, "-t")
    check("fail2ban-client -t", (0, ""), (result.returncode, result.stderr))
    check("fail2ban-client -t says so", True, "test is successful" in result.stdout)
    dump = client(work, "-d").stdout
    for jail in ("cloakroom-guessing", "cloakroom-stolen"):
        check(f"{jail} is there", True, f"['add', '{jail}', 'systemd']" in dump)
        journal = f"['set', '{jail}', 'addjournalmatch', '_SYSTEMD_UNIT=cloakroomd.service']"
        check(f"{jail} reads the journal", True, journal in dump)
        check(f"{jail} knows how to find", True, f"['set', '{jail}', 'addfailregex', " in dump)
    configure(work, "")
    check("the jails are off", True, "cloakroom" not in client(work, "-d").stdout)


def await_bans(work, name, addresses):
    def banned():
        return sorted(client(work, "get", f"cloakroom-{name}", "banip").stdout.split())

    await_true(lambda: len(banned()) >= len(addresses), f"fail2ban does not ban {addresses}")
    check(f"bans of cloakroom-{name}", addresses, banned())


def check_bans(work):
    """Whom a running fail2ban bans."""
    log = work / "daemon.log"
    log.touch()
    jails = "".join(
        f"[cloakroom-{name}]\nenabled = true\nbackend = polling\nlogpath = {log}\naction = none\n" for name in ("guessing", "stolen")
    )
    configure(work, jails)
    result = client(work, "-b", "start")
    if result.returncode != 0:
        sys.exit(f"fail2ban does not start:\n{result.stdout}{result.stderr}")
    try:
        stolen = "session rejected action=denied client={} pool=default process=4711 reason=agent session=0a1b2c3d4e5f\n"
        syslog = datetime.datetime.now().astimezone().isoformat() + " host cloakroomd[4711]: "
        with open(log, "a") as output:
            output.write(9 * (syslog + stolen.format("192.0.2.9")) + 10 * (syslog + stolen.format("192.0.2.10")))
            output.write(syslog + "session guessing client=2001:db8::1 count=31 pool=default\n")
        await_bans(work, "guessing", ["2001:db8::1"])
        await_bans(work, "stolen", ["192.0.2.10"])
        # Lines without a time count once it has begun to follow the file.
        with open(log, "a") as output:
            output.write("<5>" + stolen.format("192.0.2.9") + "<5>session guessing client=192.0.2.11 count=31 pool=default\n")
        await_bans(work, "guessing", ["192.0.2.11", "2001:db8::1"])
        await_bans(work, "stolen", ["192.0.2.10", "192.0.2.9"])
    finally:
        client(work, "stop")


def main():
    if not os.access(DAEMON, os.X_OK):
        sys.exit(f"{DAEMON} is missing: run `swift build --product cloakroomd`, or set CLOAKROOMD")
    if shutil.which("fail2ban-regex") is None:
        sys.exit("fail2ban is missing: make deps")
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        configure(work, "")
        check_filter(work)
        check_jails(work)
        check_bans(work)
    print(f"{tally.passed} passed, {tally.failed} failed")
    sys.exit(tally.failed > 0)


main()
