#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that a copy of the state directory and the master key open no session without its id.

PHP-FPM keeps sessions in the daemon of .build/debug, or $CLOAKROOMD. Tests/StolenDisk/thief.py then gets the key and a copy of the
state directory, taken while the daemon runs and again after it stopped. It has to open all metadata, or it would prove nothing, and
no body; with one session's id, that one's and no other. Nothing of the ids and the contents may be in the files, nor in what the
store says is in them, also not as a plain hash.
"""

import base64
import collections
import hashlib
import json
import os
import pathlib
import re
import secrets
import shutil
import subprocess
import sys
import tempfile

from checking import Tally, running

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLACE = ROOT / "Tests/StolenDisk"
DAEMON = os.environ.get("CLOAKROOMD") or str(ROOT / ".build/debug/cloakroomd")
USERS = ["alice", "bob", "carol", None]
SESSIONS = 16
MARK = "attack-at-dawn"

Session = collections.namedtuple("Session", "id user text token")
tally = Tally()
check = tally.check


def fpm(work):
    """PHP-FPM with the save handler, as the user that runs this."""
    programs = sorted(pathlib.Path("/usr/sbin").glob("php-fpm*"))
    if not programs:
        sys.exit("php-fpm is missing: make deps")
    (work / "fpm.conf").write_text(
        f"[global]\nerror_log = {work}/fpm.log\ndaemonize = no\n[www]\nlisten = {work}/fpm.sock\npm = static\npm.max_children = 2\n"
        + ("user = root\ngroup = root\n" if os.getuid() == 0 else "")
        + f'env[CLOAKROOM_SOCKET] = "{work}/php.sock"\nphp_admin_flag[session.upload_progress.enabled] = off\n'
        f"php_admin_value[auto_prepend_file] = {ROOT}/php-client/prepend.php\nphp_value[error_reporting] = -1\n"
    )
    command = [programs[-1], "-F", "-y", work / "fpm.conf", *(["-R"] if os.getuid() == 0 else [])]
    return running(command, work / "fpm.out", work / "fpm.sock")


def ask(work, query, cookies=""):
    """A request as the web server would make it: its cookies and its page."""
    environment = {
        "REQUEST_METHOD": "GET", "SCRIPT_FILENAME": str(PLACE / "page.php"), "QUERY_STRING": query, "HTTP_COOKIE": cookies,
        "REMOTE_ADDR": "192.0.2.1", "HTTP_USER_AGENT": "stolen-disk", "REQUEST_URI": "/", "PATH": os.environ["PATH"],
    }  # fmt: skip
    command = ["cgi-fcgi", "-bind", "-connect", work / "fpm.sock"]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=30).stdout
    head, _, page = answer.replace("\r\n", "\n").partition("\n\n")
    if page != "done":
        sys.exit(f"PHP answers {answer}")
    return dict(re.findall(r"^Set-Cookie: ([^=]+)=([^;]+)", head, re.MULTILINE))


def make_sessions(work):
    """Sessions of several users and of nobody, some with "remember me", all written more than once."""
    made = []
    for number in range(SESSIONS):
        user = USERS[number % len(USERS)]
        text = f"{MARK}-{number}-{secrets.token_hex(40)}"
        query = f"text={MARK}-first" + (f"&user={user}" if user else "") + ("&remember=1" if user and number < 8 else "")
        cookies = ask(work, query)
        identifier = cookies.pop("PHPSESSID")
        ask(work, f"text={text}", f"PHPSESSID={identifier}")
        made.append(Session(identifier, user, text, next(iter(cookies.values()), None)))
    return made


def theft(work, state, session):
    """What the thief gets out of a copy, and in another attempt, with the id of a session."""
    copy = pathlib.Path(tempfile.mkdtemp(dir=work)) / "copy"
    shutil.copytree(state, copy)
    command = [sys.executable, PLACE / "thief.py", copy, work / "key", session.id]
    report = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout)
    report["all_bytes"] = [bytes.fromhex(each) for each in report["all_bytes"]]
    return copy, report


def traces(secret):
    """What a store that was less careful would show of an id or of contents."""
    raw = secret.encode()
    hashes = [hashlib.new(name, raw).digest() for name in ("md5", "sha1", "sha256", "sha512")]
    for each in [raw, raw.hex().encode(), base64.b64encode(raw).rstrip(b"=")[:-1], *hashes]:
        yield each
    for each in hashes:
        yield each.hex().encode()


def search(copy, report, sessions):
    """The secrets of which there is a trace, in the files or in what the store says is in them."""
    haystacks = [path.read_bytes() for path in copy.rglob("*") if path.is_file()]
    haystacks += [str(path.relative_to(copy)).encode() for path in copy.rglob("*")] + report["all_bytes"]
    everything = b"\n".join(haystacks)
    words = [MARK, "PHPSESSID"] + [each for session in sessions for each in (session.id, session.text, session.token) if each]
    words += [f"{session.user}@" for session in sessions if session.user]
    return [word for word in words if any(trace in everything for trace in traces(word))], everything


def check_copy(what, work, state, sessions):
    copy, report = theft(work, state, sessions[3])
    check(f"{what}: the address key opens", True, report["address_key"])
    check(f"{what}: sessions whose metadata open", len(sessions), report["sessions"])
    check(f"{what}: users", sorted({session.user for session in sessions if session.user}), report["users"])
    check(f"{what}: families of tokens", sum(session.token is not None for session in sessions), report["families"])
    check(f"{what}: the users whom those are of", sorted({s.user for s in sessions if s.token}), report["users_of_families"])
    check(f"{what}: sessions that have a body", len(sessions), report["addresses_of_bodies"])
    check(f"{what}: at least 5,000 keys were tried for a body", True, report["keys_tried"] >= 5_000 * report["bodies"])
    check(f"{what}: bodies that open without an id", [], report["opened"])
    check(f"{what}: nonces that come twice", 0, report["repeated_nonces"])
    with_id = report["opened_with_id"]
    check(f"{what}: with its id the session opens", True, any(sessions[3].text in text for text in with_id))
    others = [session.text for session in sessions if session is not sessions[3]]
    check(f"{what}: and no other", False, any(other in text for other in others for text in with_id))
    found, everything = search(copy, report, sessions)
    check(f"{what}: ids, contents and tokens in the files", [], found)
    # What is in the files would be found: a key of the store is.
    check(f"{what}: the search finds what is there", True, b"pool/default/address-key" in everything)
    return report["keys_tried"], report["bodies"]


def main():
    work = pathlib.Path(tempfile.mkdtemp(prefix="cloakroom-stolen."))
    try:
        (work / "key").touch(0o600)
        (work / "key").write_bytes(base64.b64encode(secrets.token_bytes(32)))
        (work / "cloakroom.toml").write_text("")
        state = work / "state"
        command = [DAEMON, "--config", work / "cloakroom.toml", "--key-file", work / "key", "--state-dir", state]
        with running([*command, "--socket", work / "php.sock"], work / "log", work / "php.sock") as daemon, fpm(work):
            sessions = make_sessions(work)
            tried, bodies = check_copy("while it runs", work, state, sessions)
            daemon.terminate()
            check("the daemon's status", 0, daemon.wait(30))
        check_copy("after it stopped", work, state, sessions)
    finally:
        shutil.rmtree(work)
    print(f"stolen disk: {tally.passed} checks passed, {tally.failed} failed; {tried} keys tried for {bodies} bodies")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
