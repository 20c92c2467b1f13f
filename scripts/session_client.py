# SPDX-License-Identifier: Apache-2.0
"""A client of PHP's protocol (docs/protocol.md), for scripts that need sessions."""

import secrets
import socket
import struct

from checking import PATIENCE

LOCK, RELEASE, WAIT_MILLISECONDS = 1, 1, 30_000


def frame(body):
    return struct.pack(">I", len(body)) + body


class Client:
    """A connection. Each request is sent and not waited for; `answer` takes the next answer."""

    def __init__(self, path, label):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(str(path))
        label = label.encode()
        self.send(b"\x01" + struct.pack(">HIB", 1, 7, len(label)) + label + b"\0" + bytes(10))
        self.greeting = self.answer()

    def send(self, body):
        self.socket.sendall(frame(body))

    def answer(self):
        size = struct.unpack(">I", self.socket.recv(4, socket.MSG_WAITALL))[0]
        return self.socket.recv(size, socket.MSG_WAITALL)

    def read(self, session, lock):
        self.send(b"\x02" + struct.pack(">BI", LOCK if lock else 0, WAIT_MILLISECONDS) + session)

    def write(self, session, version):
        self.send(b"\x03" + struct.pack(">BQQI", RELEASE, version, secrets.randbits(63) + 1, 3600) + session + b"a|i:1;")


def session(id):
    return b"\x09PHPSESSID" + struct.pack(">H", len(id)) + id
