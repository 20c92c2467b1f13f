#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks conf/apparmor: AppArmor's parser takes it, and it allows every file that a real daemon opens, as far as strace sees.

The daemon is that of .build/debug, or $CLOAKROOMD. It runs in a temporary directory; its paths are looked up where they are when it
is installed. AppArmor itself need not be on.
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROFILE = ROOT / "conf/apparmor/usr.bin.cloakroomd"
DAEMON = os.environ.get("CLOAKROOMD") or str(ROOT / ".build/debug/cloakroomd")
VARIABLES = {
    "run": "(?:/var)?/run", "PROC": "/proc", "sys": "/sys", "etc_ro": "/etc", "etc_rw": "/etc", "pid": "[0-9]+", "tid": "[0-9]+",
    "multiarch": "[^/]+", "HOME": "/home/[^/]+", "HOMEDIRS": "/home", "profile_name": "cloakroomd",
}  # fmt: skip
RULE = re.compile(r"^\s*(?:owner\s+)?((?:/|@\{)\S*)\s+([rwkmlix]+)\b.*,", re.MULTILINE)
CALL = re.compile(r'^\d+\s+(\w+)\((?:AT_FDCWD(?:<[^>]*>)?, )?"(/[^"]*)"(?:, ([^)]*))?\) += (-?\d+)(?: (\w+))?')
CONNECT = re.compile(r'^\d+\s+(connect|bind)\(.*sun_path="(/[^"]*)"')


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


def rules():
    """The file rules of the profile, with everything that it includes."""
    command = ["apparmor_parser", "-QTK", str(PROFILE)]
    parsed = subprocess.run(command, capture_output=True, text=True)
    # Said on machines whose kernel has no AppArmor.
    said = [line for line in (parsed.stdout + parsed.stderr).splitlines() if not line.startswith("Cache read/write disabled")]
    if parsed.returncode or said:
        sys.exit("\n".join([f"{' '.join(command)} says (status {parsed.returncode}):", *said]))
    text = subprocess.run(["apparmor_parser", "-p", str(PROFILE)], capture_output=True, text=True, check=True).stdout
    return [(pattern(path), set(permissions)) for path, permissions in RULE.findall(re.sub(r"#.*", "", text))]


def awaits_its_end(pid):
    """Whether a process does something about SIGTERM."""
    masks = re.findall(r"^Sig(?:Ign|Cgt):\s*(\w+)", pathlib.Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return any(int(mask, 16) >> (signal.SIGTERM - 1) & 1 for mask in masks)


def trace(work):
    """What a daemon opens from its start to its end: (path, permissions)."""
    log = work / "trace"
    options = ["-f", "-qq", "-s", "4096", "-e", "trace=open,openat,mkdir,rename,unlink,rmdir,link,execve,connect,bind,truncate", "-o", log]
    command = [DAEMON, "--config", work / "toml", "--key-file", work / "key", "--state-dir", work / "state", "--socket", work / "php.sock"]
    with open(work / "log", "wb") as output:
        process = subprocess.Popen(["strace", *options, *command], stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    end, pid = time.monotonic() + 60, None
    while pid is None or not awaits_its_end(pid):
        if process.poll() is not None or time.monotonic() > end:
            sys.exit(f"cloakroomd does not start within 60 s:\n{(work / 'log').read_text()}")
        time.sleep(0.05)
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        pid = int(children[0]) if children else None
    os.kill(pid, signal.SIGTERM)
    if process.wait(60) != 0:
        sys.exit(f"cloakroomd ends with {process.returncode}:\n{(work / 'log').read_text()}")
    return log.read_text().splitlines()


def installed(path, work):
    """Where a path of the run is when Cloakroom is installed; None for what is not the profile's business."""
    path = os.path.normpath(path).replace("/proc/self/", "/proc/1/", 1)
    for here, there in (("state", "/var/lib/cloakroom"), ("key", "/etc/cloakroom/key"), ("toml", "/etc/cloakroom/cloakroom.toml")):
        if path == str(work / here) or path.startswith(f"{work / here}/"):
            return there + path[len(str(work / here)) :]
    if path.startswith(f"{work}/") and path.endswith(".sock"):
        return "/run/cloakroom/" + pathlib.Path(path).name
    if path == DAEMON or os.path.realpath(path) == os.path.realpath(DAEMON):
        return "/usr/bin/cloakroomd"
    # The installed daemon has Swift's libraries in it, and looks for none beside it.
    if ".so" in path or path.startswith(str(pathlib.Path(DAEMON).parent)) or path in ("/", "/usr/bin/strace", str(work)):
        return None
    return os.path.realpath(path) if path.startswith(("/usr/", "/lib")) else path


def needs(line, work):
    """The path and the permissions that a line of strace needs."""
    if match := CONNECT.match(line):
        return installed(match[2], work), {"w"}
    match = CALL.match(line)
    if not match or (match[5] == "ENOENT" and "O_CREAT" not in (match[3] or "")):
        return None, set()
    call, path, arguments = match[1], match[2], match[3] or ""
    if call == "execve":
        return installed(path, work), {"m", "r"}
    if call in ("open", "openat"):
        wanted = {"w"} if "O_WRONLY" in arguments else {"r", "w"} if "O_RDWR" in arguments else {"r"}
        if "O_DIRECTORY" in arguments or os.path.isdir(path):
            path = path.rstrip("/") + "/."
        return directory(installed(path, work), path), wanted
    return directory(installed(path, work), path + "/." if call in ("mkdir", "rmdir") else path), {"w"}


def directory(path, original):
    """AppArmor's names of directories end with a slash."""
    return f"{path}/" if path and original.endswith("/.") else path


def main():
    work = pathlib.Path(tempfile.mkdtemp(prefix="cloakroom-apparmor."))
    try:
        (work / "key").touch(0o600)
        (work / "key").write_bytes(os.urandom(32))
        (work / "toml").write_text("")
        allowed = rules()
        lines = trace(work) + trace(work)  # the second time with a state that is there
        wanted = {}
        for line in lines:
            path, permissions = needs(line, work)
            if path:
                wanted.setdefault(path, set()).update(permissions)
        refused = 0
        for path, permissions in sorted(wanted.items()):
            granted = set().union(*(each for expression, each in allowed if expression.fullmatch(path)))
            if not permissions <= granted:
                print(f"{PROFILE.name}: {path} needs {''.join(sorted(permissions))} and has {''.join(sorted(granted))}", file=sys.stderr)
                refused += 1
        # The other way round: a profile that allows everything would pass.
        for path in ("/etc/shadow", "/var/lib/other/x", "/home/a/x", "/usr/bin/gpg", "/root/x", "/srv/x"):
            if any(expression.fullmatch(path) and each & set("wx") for expression, each in allowed) or any(
                expression.fullmatch(path) for expression, _ in allowed if path in ("/etc/shadow", "/root/x", "/srv/x")
            ):
                print(f"{PROFILE.name}: {path} is allowed", file=sys.stderr)
                refused += 1
    finally:
        shutil.rmtree(work)
    if not refused:
        print(f"the AppArmor profile is valid, and allows the {len(wanted)} paths that the daemon uses")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
