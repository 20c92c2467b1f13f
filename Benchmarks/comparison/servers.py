# SPDX-License-Identifier: Apache-2.0
"""The servers of the peers, each on a Unix socket."""

import os
import shutil
import socket
import subprocess

from .failure import Failure
from .peers import PROJECT
from .place import present_user
from .process import Process, await_condition


def redis(place, tools):
    """In memory: nothing is saved, neither as a whole nor as a log of changes. All else is the default."""
    return [
        "redis-server", "--port", "0", "--unixsocket", place.socket("redis"), "--unixsocketperm", "777",
        "--save", "", "--appendonly", "no", "--dir", place.directory,
    ]  # fmt: skip


def memcached(place, tools):
    """Memory enough that nothing is evicted (64 MiB would be the default), and items of up to 2 MiB for sessions of 1 MiB."""
    return [
        "memcached", "-s", place.socket("memcached"), "-a", "0777", "-u", present_user(), "-m", "1024", "-I", "2m",
    ]  # fmt: skip


def cloakroom(place, tools, name="cloakroom", configuration=""):
    file = place.path(f"{name}.toml")
    with open(file, "w") as output:
        output.write(configuration)
    os.chmod(file, 0o644)
    return [
        tools.daemon, "--config", file, "--key-file", place.key_file, "--state-dir", place.path(f"{name}.state"),
        "--socket", place.socket(name),
    ]  # fmt: skip


# The daemon's sockets are for everybody here; the kernel tells it who calls.
SHARED_SOCKET = '[server]\nsocket_mode = "0666"\n'
DEFERRED = SHARED_SOCKET + '[sessions]\nacknowledge = "deferred"\n'

COMMANDS = {
    "redis": redis,
    "memcached": memcached,
    "cloakroom": lambda place, tools: cloakroom(place, tools, "cloakroom", SHARED_SOCKET),
    "cloakroom-deferred": lambda place, tools: cloakroom(place, tools, "cloakroom-deferred", DEFERRED),
    "bare": lambda place, tools: [tools.bare, place.socket("bare")],
    "bare-deferred": lambda place, tools: ["env", "BARE_DEFERRED=1", tools.bare, place.socket("bare-deferred")],
    "echo": lambda place, tools: [tools.echo, place.socket("echo")],
}


def start_server(name, place, tools, core=None):
    """Starts a server and waits until it accepts connections."""
    process = Process(COMMANDS[name](place, tools), place.log(name), core=core)
    try:
        await_condition(lambda: accepts(place.socket(name)), process, f"{name} does not listen")
    except BaseException:
        process.stop()
        raise
    return process


def accepts(path):
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(path)
        except OSError:
            return False
    return True


class Tools:
    """Programs that are built."""

    def __init__(self, daemon, gate, place):
        self.daemon, self.gate = os.path.abspath(daemon), os.path.abspath(gate)
        for program in (self.daemon, self.gate):
            if not os.access(program, os.X_OK):
                raise Failure(f"there is no {program}: scripts/build.sh {os.path.basename(program)}")
        self.echo = build_floor("echo", place)
        self.bare = build_floor("bare", place)


def build_floor(name, place):
    """Builds one of the programs in floor/, and answers where it is."""
    program = place.path(name)
    compiler = shutil.which("cc") or missing("cc", "gcc")
    sources = [os.path.join(PROJECT, "Benchmarks/floor", f"{part}.c") for part in (name, "frames")]
    subprocess.run([compiler, "-O2", "-o", program, *sources], check=True)
    return program


def missing(program, package):
    raise Failure(f"{program} is missing: install Debian's package {package} (scripts/install-deps.sh {package})")
