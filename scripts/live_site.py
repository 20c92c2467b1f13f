# SPDX-License-Identifier: Apache-2.0
"""A site that works: cloakroomd, cloakroom-fcgi and nginx with the shipped configuration, and clients that use sessions."""

import contextlib
import pathlib
import secrets
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading

from checking import await_true, free_port, running
from session_client import Client, session

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONFIGURATION = ROOT / "conf/nginx"


class LiveSite:
    """`page` is the status page; `nginx` lets in who is asked about at /secret/."""

    def __init__(self, binaries):
        self.stack = contextlib.ExitStack()
        self.binaries = binaries
        self.ends = threading.Event()

    def __enter__(self):
        with self.stack:
            self._start()
            self.stack = self.stack.pop_all()
        return self

    def __exit__(self, *_):
        self.ends.set()
        self.stack.close()

    def _start(self):
        self.work = work = pathlib.Path(tempfile.mkdtemp(prefix="cloakroom-live."))
        self.stack.callback(shutil.rmtree, work, ignore_errors=True)
        # nginx's workers are another user's.
        work.chmod(0o755)
        (work / "key").touch(0o600)
        (work / "key").write_text(secrets.token_hex(32) + "\n")
        daemon = [self.binaries / "cloakroomd", "--key-file", work / "key", "--state-dir", work / "state", "--socket", work / "php.sock"]
        gate = [self.binaries / "cloakroom-fcgi", "--socket", work / "fcgi.sock", "--socket-mode", "0666", "--daemon", work / "gate.sock"]
        self.stack.enter_context(running(daemon, work / "daemon.log", work / "php.sock"))
        self.stack.enter_context(running(gate, work / "gate.log", work / "fcgi.sock"))
        self.port = self._start_nginx()
        self.page = f"http://127.0.0.1:{self.port}/cloakroom-status"
        self._hold_a_lock()
        worker = threading.Thread(target=self._work, daemon=True)
        worker.start()
        self.stack.callback(worker.join)

    def _start_nginx(self):
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin") or sys.exit("nginx is missing: install Debian's package nginx-light")
        shutil.copytree(CONFIGURATION, self.work / "snippets")
        upstream = (CONFIGURATION / "cloakroom.conf").read_text().replace("/run/cloakroom/fcgi.sock", str(self.work / "fcgi.sock"))
        port = free_port()
        temporary = "".join(f"{kind}_temp_path {self.work}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.work / "nginx.conf").write_text(
            f"daemon off; pid {self.work}/nginx.pid; events {{}} http {{ access_log off; {temporary} {upstream}\n"
            f"server {{ listen 127.0.0.1:{port}; root {self.work}/files;\n"
            "include snippets/cloakroom-gate.conf; include snippets/cloakroom-status.conf;\n"
            "location ^~ /secret/ { auth_request /_cloakroom; } } }\n"
        )
        (self.work / "files/secret").mkdir(parents=True)
        (self.work / "files/secret/file.txt").write_text("Hello!\n")
        with open(self.work / "nginx.log", "wb") as log:
            nginx = subprocess.Popen([program, "-p", self.work, "-c", "nginx.conf", "-e", self.work / "nginx.log"], stderr=log)
        self.stack.callback(nginx.wait)
        self.stack.callback(nginx.terminate)

        def listens():
            with socket.socket() as probe:
                return nginx.poll() is not None or probe.connect_ex(("127.0.0.1", port)) == 0

        await_true(listens, "nginx does not listen")
        if nginx.poll() is not None:
            sys.exit(f"nginx ended at once:\n{(self.work / 'nginx.log').read_text()}")
        return port

    def _hold_a_lock(self):
        """One request has a session, and another one waits for it."""
        held = session(b"held" + secrets.token_hex(14).encode())
        self.clients = [Client(self.work / "php.sock", label) for label in ("POST /slow.php", "GET /fast.php")]
        self.clients[0].read(held, lock=True)
        self.clients[0].answer()
        self.clients[1].read(held, lock=True)

    def _work(self):
        """Sessions are made, read and changed, and asked for at nginx, some by whoever has none."""
        client = Client(self.work / "php.sock", "GET /page.php")
        ids = [secrets.token_hex(16).encode() for _ in range(50)]
        turn = 0
        while not self.ends.wait(0.005):
            one = session(ids[turn % len(ids)])
            client.read(one, lock=True)
            answer = client.answer()
            client.write(one, struct.unpack(">Q", answer[2:10])[0] if answer[0] == 0x82 else 0)
            client.answer()
            self._ask(ids[turn % len(ids)] if turn % 5 else b"-" * 32)
            turn += 1

    def _ask(self, id):
        with socket.create_connection(("127.0.0.1", self.port)) as browser:
            browser.sendall(b"GET /secret/file.txt HTTP/1.0\r\nCookie: PHPSESSID=" + id + b"\r\n\r\n")
            while browser.recv(4096):
                pass
