#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks conf/apparmor: AppArmor's parser takes it, and it allows every file that the real programs open, as far as strace sees.

The programs are those of .build/debug, or $CLOAKROOMD and $CLOAKROOM_FCGI. They run in a temporary directory; their paths are looked
up where they are when they are installed. AppArmor itself need not be on.
"""

import dataclasses
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import checking

ROOT = pathlib.Path(__file__).resolve().parent.parent
VARIABLES = {
    "run": "(?:/var)?/run", "PROC": "/proc", "sys": "/sys", "etc_ro": "/etc", "etc_rw": "/etc", "pid": "[0-9]+", "tid": "[0-9]+",
    "multiarch": "[^/]+", "HOME": "/home/[^/]+", "HOMEDIRS": "/home", "profile_name": "cloakroom[a-z-]*",
}  # fmt: skip
RULE = re.compile(r"^\s*(?:owner\s+)?((?:/|@\{)\S*)\s+([rwkmlix]+)\b.*,", re.MULTILINE)
CALL = re.compile(r'^\d+\s+(\w+)\((?:AT_FDCWD(?:<[^>]*>)?, )?"(/[^"]*)"(?:, ([^)]*))?\) += (-?\d+)(?: (\w+))?')
CONNECT = re.compile(r'^\d+\s+(connect|bind)\(.*sun_path="(/[^"]*)"')
# What a profile must not allow at all, or not to be written or run.
HIDDEN = {"/etc/shadow", "/root/x", "/srv/x"}
FOREIGN = {*HIDDEN, "/var/lib/other/x", "/home/a/x", "/usr/bin/gpg"}


@dataclasses.dataclass
class Program:
    """A program with a profile, and how it is run to see what it opens."""

    name: str
    variable: str
    options: list
    # Requests by their FastCGI parameters, once it listens.
    requests: list = dataclasses.field(default_factory=list)
    hidden: set = dataclasses.field(default_factory=lambda: HIDDEN)

    @property
    def path(self):
        return os.environ.get(self.variable) or str(ROOT / ".build/debug" / self.name)

    @property
    def profile(self):
        return ROOT / f"conf/apparmor/usr.bin.{self.name}"

    def command(self, work):
        return [self.path, *(option.format(work=work) for option in self.options)]


DAEMON = Program(
    "cloakroomd",
    "CLOAKROOMD",
    ["--config", "{work}/toml", "--key-file", "{work}/key", "--state-dir", "{work}/state", "--socket", "{work}/php.sock"],
)
GATE = Program(
    "cloakroom-fcgi",
    "CLOAKROOM_FCGI",
    ["--socket", "{work}/fcgi.sock", "--daemon", "{work}/gate.sock", "--socket-group", "www-data"],
    [{"CLOAKROOM_ACTION": action, "HTTP_COOKIE": f"PHPSESSID={'a' * 26}"} for action in ("ping", "check", "status")],
    HIDDEN | {"/etc/cloakroom/key", "/var/lib/cloakroom/x", "/run/cloakroom/php.sock", "/run/cloakroom/admin.sock"},
)


def pattern(path):
    """A path of a profile as a regular expression (apparmor.d(5))."""
    result, depth, position = "", 0, 0
    while position < len(path):
        rest, character = path[position:], path[position]
        if match := re.match(r"@\{(\w+)\}", rest):
            result += VARIABLES[match[1]]
            position += match.end()
            continue
        if rest.startswith("**"):
            result += ".*"
            position += 2
            continue
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "," and depth > 0:
            result += "|"
        else:
            result += {"*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")"}.get(character) or re.escape(character)
        position += 1
    return re.compile(result)


def rules(profile):
    """The file rules of a profile, with everything that it includes."""
    command = ["apparmor_parser", "-QTK", str(profile)]
    parsed = subprocess.run(command, capture_output=True, text=True)
    # Said on machines whose kernel has no AppArmor.
    said = [line for line in (parsed.stdout + parsed.stderr).splitlines() if not line.startswith("Cache read/write disabled")]
    if parsed.returncode or said:
        sys.exit("\n".join([f"{' '.join(command)} says (status {parsed.returncode}):", *said]))
    text = subprocess.run(["apparmor_parser", "-p", str(profile)], capture_output=True, text=True, check=True).stdout
    return [(pattern(path), set(permissions)) for path, permissions in RULE.findall(re.sub(r"#.*", "", text))]


def awaits_its_end(pid):
    """Whether a process does something about SIGTERM."""
    masks = re.findall(r"^Sig(?:Ign|Cgt):\s*(\w+)", pathlib.Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return any(int(mask, 16) >> (signal.SIGTERM - 1) & 1 for mask in masks)


def ask(program, work):
    """Makes the program's requests."""
    for parameters in program.requests:
        environment = {"PATH": os.environ["PATH"], "REQUEST_METHOD": "GET", "REMOTE_ADDR": "192.0.2.1", **parameters}
        command = ["cgi-fcgi", "-bind", "-connect", str(work / "fcgi.sock")]
        answer = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=checking.PATIENCE)
        if not answer.stdout:
            sys.exit(f"{program.name} does not answer {parameters}")


def trace(program, work):
    """What a program opens from its start to its end, as lines of strace."""
    log = work / "trace"
    options = ["-f", "-qq", "-s", "4096", "-e", "trace=open,openat,mkdir,rename,unlink,rmdir,link,execve,connect,bind,truncate", "-o", log]
    with open(work / "log", "wb") as output:
        process = subprocess.Popen(["strace", *options, *program.command(work)], stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    end, pid = time.monotonic() + 60, None
    # The gate waits for the signal without a handler, and listens after that.
    while pid is None or not (checking.is_answered(work / "fcgi.sock") if program.requests else awaits_its_end(pid)):
        if process.poll() is not None or time.monotonic() > end:
            sys.exit(f"{program.name} does not start within 60 s:\n{(work / 'log').read_text()}")
        time.sleep(0.05)
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        pid = int(children[0]) if children else None
    ask(program, work)
    os.kill(pid, signal.SIGTERM)
    if process.wait(60) != 0:
        sys.exit(f"{program.name} ends with {process.returncode}:\n{(work / 'log').read_text()}")
    return log.read_text().splitlines()


def installed(path, program, work):
    """Where a path of the run is when Cloakroom is installed; None for what is not the profile's business."""
    path = os.path.normpath(path).replace("/proc/self/", "/proc/1/", 1)
    for here, there in (("state", "/var/lib/cloakroom"), ("key", "/etc/cloakroom/key"), ("toml", "/etc/cloakroom/cloakroom.toml")):
        if path == str(work / here) or path.startswith(f"{work / here}/"):
            return there + path[len(str(work / here)) :]
    if path.startswith(f"{work}/") and path.endswith(".sock"):
        return "/run/cloakroom/" + pathlib.Path(path).name
    if path == program.path or os.path.realpath(path) == os.path.realpath(program.path):
        return f"/usr/bin/{program.name}"
    # The installed program has Swift's libraries in it, and looks for none beside it.
    if ".so" in path or path.startswith(str(pathlib.Path(program.path).parent)) or path in ("/", "/usr/bin/strace", str(work)):
        return None
    return os.path.realpath(path) if path.startswith(("/usr/", "/lib")) else path


def needs(line, program, work):
    """The path and the permissions that a line of strace needs."""
    if match := CONNECT.match(line):
        return installed(match[2], program, work), {"w"}
    match = CALL.match(line)
    if not match or (match[5] == "ENOENT" and "O_CREAT" not in (match[3] or "")):
        return None, set()
    call, path, arguments = match[1], match[2], match[3] or ""
    if call == "execve":
        return installed(path, program, work), {"m", "r"}
    if call in ("open", "openat"):
        wanted = {"w"} if "O_WRONLY" in arguments else {"r", "w"} if "O_RDWR" in arguments else {"r"}
        if "O_DIRECTORY" in arguments or os.path.isdir(path):
            path = path.rstrip("/") + "/."
        return directory(installed(path, program, work), path), wanted
    return directory(installed(path, program, work), path + "/." if call in ("mkdir", "rmdir") else path), {"w"}


def directory(path, original):
    """AppArmor's names of directories end with a slash."""
    return f"{path}/" if path and original.endswith("/.") else path


def check(program, work):
    """How many paths a program uses, and how many things are wrong with its profile."""
    allowed = rules(program.profile)
    lines = trace(program, work) + trace(program, work)  # the second time with a state that is there
    wanted, wrong = {}, 0
    for line in lines:
        path, permissions = needs(line, program, work)
        if path:
            wanted.setdefault(path, set()).update(permissions)
    for path, permissions in sorted(wanted.items()):
        granted = granted_to(path, allowed)
        if not permissions <= granted:
            print(f"{program.profile.name}: {path} needs {''.join(sorted(permissions))} and has {''.join(sorted(granted))}", file=sys.stderr)
            wrong += 1
    # The other way round: a profile that allows everything would pass.
    for path in FOREIGN | program.hidden:
        if granted_to(path, allowed) & (set("rwx") if path in program.hidden else set("wx")):
            print(f"{program.profile.name}: {path} is allowed", file=sys.stderr)
            wrong += 1
    return len(wanted), wrong


def granted_to(path, allowed):
    """All that the rules give for a path."""
    return set().union(*(permissions for expression, permissions in allowed if expression.fullmatch(path)))


def main():
    failed = 0
    for program in (DAEMON, GATE):
        work = pathlib.Path(tempfile.mkdtemp(prefix="cloakroom-apparmor."))
        try:
            (work / "key").touch(0o600)
            (work / "key").write_bytes(os.urandom(32))
            (work / "toml").write_text("")
            used, wrong = check(program, work)
        finally:
            shutil.rmtree(work)
        failed += wrong
        if not wrong:
            print(f"the AppArmor profile of {program.name} is valid, and allows the {used} paths that it uses")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
