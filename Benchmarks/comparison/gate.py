# SPDX-License-Identifier: Apache-2.0
"""The gate: a file that nginx serves to browsers with a session, which the gate checks, or PHP."""

import contextlib
import os
import shutil

from .failure import Failure
from .fpm import WORKERS, page_locations, start_fpm, start_nginx
from .http import Site, medians
from .peers import PEERS, PROJECT
from .process import Process, await_condition
from .servers import SHARED_SOCKET, accepts, cloakroom

CLIENTS = [8, 16, 64]
# Name and title of each way. "open" checks nothing: what is left is nginx.
WAYS = {
    "open": "no check",
    "gate": "cloakroom-fcgi",
    "php": "PHP-FPM",
    "php-kept": "PHP-FPM, kept connections",
}
SNIPPETS = os.path.join(PROJECT, "conf/nginx")


def measure_gate(bench):
    peer = next(peer for peer in PEERS if peer.name == "cloakroom")
    place = bench.place
    with contextlib.ExitStack() as stack:
        daemon, gate = start(place, bench.tools)
        stack.callback(daemon.stop)
        stack.callback(gate.stop)
        stack.callback(start_fpm(place, [peer]).stop)
        nginx, port = start_nginx(place, locations(place, peer), upstreams(place, peer))
        stack.callback(nginx.stop)
        site = Site(bench, peer, port)
        ways = {way: site.at(f"http://127.0.0.1:{port}/{way}") for way in WAYS}
        runs = {}
        for number in range(bench.long_rounds):
            for clients in CLIENTS:
                bench.say(f"gate, {clients} clients, round {number + 1} of {bench.long_rounds}")
                for way, place_of_file in ways.items():
                    runs.setdefault(str(clients), {}).setdefault(way, []).append(place_of_file.run("file.txt", clients))
        clients = {clients: {way: medians(figures) for way, figures in ways.items()} for clients, ways in runs.items()}
        return {"clients": clients, "most": most(clients.values())}


def most(figures):
    """The most requests in a second that the gate, and that PHP, has answered: each with its best number of clients, and PHP with
    the faster of its two ways.
    """
    return {
        "gate": max(ways["gate"]["per_second"] for ways in figures),
        "php": max(ways[way]["per_second"] for ways in figures for way in ("php", "php-kept")),
    }


def start(place, tools):
    """The daemon, and the gate in front of it, each on sockets of its own."""
    settings = SHARED_SOCKET.replace("[server]\n", f'[server]\ngate_socket = "{place.socket("check")}"\n')
    daemon = Process(cloakroom(place, tools, "cloakroom", settings), place.log("cloakroom"))
    try:
        await_condition(lambda: accepts(place.socket("check")), daemon, "cloakroomd does not listen")
        arguments = ["--socket", place.socket("gate"), "--socket-mode", "0666", "--daemon", place.socket("check")]
        gate = Process([tools.gate, *arguments], place.log("gate"))
        try:
            await_condition(lambda: accepts(place.socket("gate")), gate, "cloakroom-fcgi does not listen")
        except BaseException:
            gate.stop()
            raise
    except BaseException:
        daemon.stop()
        raise
    return daemon, gate


def upstreams(place, peer):
    """The upstream that is shipped, on the socket of here; and PHP-FPM with as many kept connections as it has workers."""
    with open(os.path.join(SNIPPETS, "cloakroom.conf")) as file:
        shipped = file.read()
    socket = "/run/cloakroom/fcgi.sock"
    if socket not in shipped:
        raise Failure(f"conf/nginx/cloakroom.conf does not name {socket}")
    kept = f"upstream kept_fpm {{ server unix:{place.socket('fpm-' + peer.name)}; keepalive {WORKERS}; }}"
    return f"{shipped.replace(socket, place.socket('gate'))}\n{kept}\n"


def locations(place, peer):
    """The same file behind each check, and the pages that make sessions."""
    pages = place.path("pages")
    os.makedirs(pages, exist_ok=True)
    with open(os.path.join(pages, "file.txt"), "w") as file:
        file.write("Hello!\n")
    shutil.copytree(SNIPPETS, place.path("snippets"), dirs_exist_ok=True)
    checked_by = {"open": "off", "gate": "/_cloakroom"}
    protected = "\n".join(
        f"    location /{way}/ {{ auth_request {checked_by.get(way, f'/check-{way}')}; alias {pages}/; }}" for way in WAYS
    )
    checks = "\n".join(
        f"""    location = /check-{way} {{
      internal;
      fastcgi_pass_request_body off;
      include /etc/nginx/fastcgi_params;
      fastcgi_param CONTENT_LENGTH "";
      fastcgi_param SCRIPT_FILENAME {pages}/check.php;
      fastcgi_pass {upstream};
      fastcgi_keep_conn {keep};
    }}"""
        for way, upstream, keep in [
            ("php", f"unix:{place.socket('fpm-' + peer.name)}", "off"),
            ("php-kept", "kept_fpm", "on"),
        ]
    )
    gate = "    include snippets/cloakroom-gate.conf;"
    return "\n".join([page_locations(place, [peer]), protected, checks, gate])
