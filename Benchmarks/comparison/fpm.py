# SPDX-License-Identifier: Apache-2.0
"""PHP-FPM and nginx as a site has them: a pool of four workers for each peer, and one nginx in front of all."""

import glob
import os
import pwd
import shutil
import socket

from .failure import Failure
from .peers import PROJECT
from .process import Process, await_condition
from .servers import accepts, missing

WORKERS = 4
ATTEMPTS = 5
PAGES = os.path.join(PROJECT, "Benchmarks/pages")


def fpm_program():
    found = sorted(glob.glob("/usr/sbin/php-fpm*")) or missing("php-fpm", "php-fpm")
    return found[-1]


def pool_user():
    """The user that pools run as, when started by root; else the present one, with None."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("www-data").pw_name
    except KeyError:
        raise Failure("there is no user www-data") from None


def start_fpm(place, peers):
    """One PHP-FPM with a pool for each peer, each on a socket of its own."""
    file = place.path("fpm.conf")
    with open(file, "w") as output:
        output.write(f"[global]\ndaemonize = no\nerror_log = {place.log('fpm-error')}\n")
        for peer in peers:
            output.write(pool(place, peer))
    process = Process([fpm_program(), "-F", "-y", file], place.log("fpm"))
    await_condition(
        lambda: all(accepts(place.socket(f"fpm-{peer.name}")) for peer in peers), process, "PHP-FPM does not listen"
    )
    return process


def pool(place, peer):
    """Static, so that no process is made while it is measured. What is set for a peer is in peers.py."""
    lines = [
        f"[{peer.name}]",
        f"listen = {place.socket('fpm-' + peer.name)}",
        "listen.mode = 0666",
        "pm = static",
        f"pm.max_children = {WORKERS}",
        "catch_workers_output = yes",
    ]
    if (user := pool_user()) is not None:
        lines += [f"user = {user}", f"group = {user}"]
    settings = {"session.gc_probability": "0", "session.gc_maxlifetime": "7200", "html_errors": "0"}
    lines += [f'php_admin_value[{name}] = "{value}"' for name, value in {**settings, **peer.settings(place)}.items()]
    lines += [f'env[{name}] = "{value}"' for name, value in peer.environment(place).items()]
    return "\n".join(lines) + "\n"


def start_nginx(place, locations, upstreams=""):
    """Returns the process and the port, on 127.0.0.1. wrk speaks to no Unix socket; another attempt when the port was taken.

    locations: what is in "server { }". upstreams: what is in "http { }" besides.
    """
    shutil.copytree(PAGES, place.path("pages"), dirs_exist_ok=True)
    for attempt in range(ATTEMPTS):
        port = free_port()
        with open(place.path("nginx.conf"), "w") as output:
            output.write(nginx_configuration(place, port, locations, upstreams))
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin") or missing("nginx", "nginx-light")
        process = Process([program, "-p", place.directory, "-c", "nginx.conf", "-e", place.log("nginx-error")], place.log("nginx"))
        try:
            await_condition(lambda: answers(port), process, "nginx does not listen")
            return process, port
        except Failure:
            process.stop()
            if attempt == ATTEMPTS - 1:
                raise


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def page_locations(place, peers):
    """The pages with the handler of each peer, below its name."""
    return "\n".join(
        f"""    location ~ ^/{peer.name}(/[a-z]+\\.php)$ {{
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME {place.path('pages')}$1;
      fastcgi_pass unix:{place.socket('fpm-' + peer.name)};
    }}"""
        for peer in peers
    )


def nginx_configuration(place, port, locations, upstreams):
    """As Debian's, without an access log. Client connections are kept for as long as wrk wants them."""
    user = pool_user()
    temporary = "\n".join(
        f"  {kind}_temp_path {place.path('nginx-' + kind)};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""daemon off;
{"user " + user + ";" if user else ""}
worker_processes auto;
pid {place.path("nginx.pid")};
events {{ worker_connections 768; }}
http {{
  access_log off;
  keepalive_requests 100000000;
{temporary}
{upstreams}
  server {{
    listen 127.0.0.1:{port};
    root {place.path("pages")};
{locations}
  }}
}}
"""
