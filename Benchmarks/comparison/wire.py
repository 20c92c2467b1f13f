# SPDX-License-Identifier: Apache-2.0
"""A client of docs/protocol.md that sends many requests before it reads their answers."""

import socket
import struct
import threading

from .failure import Failure

HELLO, READ, WRITE, TOUCH, GC, PING = 1, 2, 3, 4, 7, 8
FOUND, ABSENT, WRITTEN, COLLECTED, PONG = 0x82, 0x83, 0x84, 0x86, 0x87
RELEASE = 1
BATCH = 64
CONNECTIONS = 4

NAME = b"PHPSESSID"
# A session as handlers/PageClient.php makes it, of 2,048 bytes.
CONTENTS = b'user|s:18:"visitor-0123456789";visits|i:0;data|s:1991:"' + b"0123456789abcde" * 132 + b"0123456789a" + b'";'


def session_id(number):
    """The id of the session with a number, as handlers/Worker.php has it."""
    return b"s%031d" % number


def reference(number):
    return struct.pack(">B", len(NAME)) + NAME + struct.pack(">H", 32) + session_id(number)


def frame(body):
    return struct.pack(">I", len(body)) + body


class Connection:
    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(60)
        self._socket.connect(path)
        self._received = self._socket.makefile("rb", 1 << 16)
        self.send(frame(struct.pack(">BHIBB10x", HELLO, 1, 1, 0, 0)))
        self.receive(0x81)

    def send(self, frames):
        self._socket.sendall(frames)

    def receive(self, *operations):
        """The fields of the next answer, which has to be one of these operations; with it, the operation."""
        (size,) = struct.unpack(">I", self._exactly(4))
        body = self._exactly(size)
        if body[0] not in operations:
            raise Failure(f"cloakroomd answers {body[0]:#x}: {body[4:].decode(errors='replace') if body[0] == 0xFF else ''}")
        return body[0], body[1:]

    def ping(self):
        self.send(frame(struct.pack(">B", PING)))
        self.receive(PONG)

    def exists(self, number):
        self.send(frame(struct.pack(">BBI", READ, 0, 0) + reference(number)))
        return self.receive(FOUND, ABSENT)[0] == FOUND

    def collect(self):
        """Has expired sessions removed: how many were by now. The daemon goes on in the background."""
        self.send(frame(struct.pack(">BI", GC, 0)))
        return struct.unpack(">I", self.receive(COLLECTED)[1])[0]

    def close(self):
        self._received.close()
        self._socket.close()

    def _exactly(self, size):
        data = self._received.read(size)
        if len(data) < size:
            raise Failure("cloakroomd has closed the connection")
        return data


def write_all(path, numbers, lifetime, versions):
    """Makes the sessions with these numbers, and keeps the versions that they get."""

    def batch(connection, part):
        frames = []
        for number in part:
            body = struct.pack(">BBQQI", WRITE, RELEASE, 0, number + 1, lifetime) + reference(number) + CONTENTS
            frames.append(frame(body))
        connection.send(b"".join(frames))
        for number in part:
            (versions[number],) = struct.unpack(">Q", connection.receive(WRITTEN)[1])

    share_out(path, numbers, batch)


def touch_all(path, numbers, lifetime, versions):
    """Moves the expiry of the sessions with these numbers. A TOUCH is not answered, so a PING is after each batch."""

    def batch(connection, part):
        frames = []
        for number in part:
            body = struct.pack(">BBQI", TOUCH, RELEASE, versions[number], lifetime) + reference(number)
            frames.append(frame(body))
        connection.send(b"".join(frames))
        connection.ping()

    share_out(path, numbers, batch)


def share_out(path, numbers, batch):
    """Does batches of the numbers on several connections at once."""
    failures = []

    def serve(mine):
        try:
            connection = Connection(path)
            for start in range(0, len(mine), BATCH):
                if failures:
                    break
                batch(connection, mine[start : start + BATCH])
            connection.close()
        except (Failure, OSError) as failure:
            failures.append(failure)

    threads = [threading.Thread(target=serve, args=(numbers[each::CONNECTIONS],)) for each in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise Failure(f"sessions could not be made: {failures[0]}")
