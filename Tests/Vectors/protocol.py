#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Vectors for docs/protocol.md, computed without the Swift code.

  protocol.py --write FILE   writes the vectors
  protocol.py --check FILE   computes them again and compares
"""

import json
import struct
import sys

TOKEN = bytes(range(0x40, 0x70))
SINCE = struct.pack(">Q", 1_700_000_000)
NAME, ID = "PHPSESSID", "0123456789abcdefghijklmnopqrstuv"


def session(name=NAME, id=ID):
    return struct.pack(">B", len(name)) + name.encode() + struct.pack(">H", len(id)) + id.encode()


def frame(body):
    return (struct.pack(">I", len(body)) + body).hex()


def pool(name=b""):
    return struct.pack(">B", len(name)) + name


def claims(*fields):
    """Five fields with a length of two bytes each."""
    fields += (b"",) * (5 - len(fields))
    return b"".join(struct.pack(">H", len(field)) + field for field in fields)


def user(name):
    return struct.pack(">B", len(name)) + name


def hello_ok(nonce, flags, size, wait, key=b"", read_through=b""):
    return frame(b"\x81" + struct.pack(">HIBII", 1, nonce, flags, size, wait) + user(key) + user(read_through))


def adopt(created, seen, lifetime):
    return b"\x0f" + struct.pack(">QQI", created, seen, lifetime)


def user_session(tag, flags, created, seen, network, browser):
    return tag + struct.pack(">BQQ", flags, created, seen) + user(network) + user(browser)


def error(code, closes, text):
    return frame(b"\xff" + struct.pack(">HB", code, closes) + text.encode())


def vectors():
    version, token = 0x0006_60C4_3C06_F7C8, 0x0102_0304_0506_0708
    data = b"user|s:5:\"alice\";\x00\xff"
    return {
        "requests": {
            "hello": frame(
                b"\x01" + struct.pack(">HIB", 1, 0xDEADBEEF, 9) + b"GET /\xc3\xa4.p" + pool() + claims(b"192.0.2.1", b"Browser/1")
            ),
            "hello through proxies": frame(
                b"\x01" + struct.pack(">HIB", 1, 8, 0) + pool()
                + claims(b"::1", b"", b"192.0.2.1, ::2", b"192.0.2.1", b"for=192.0.2.1")
            ),
            "hello without a label": frame(b"\x01" + struct.pack(">HIB", 1, 7, 0) + pool() + claims()),
            "hello to a pool": frame(b"\x01" + struct.pack(">HIB", 1, 7, 3) + b"PUT" + pool(b"shop-2_b") + claims()),
            "hello to a pool with the longest name": frame(b"\x01" + struct.pack(">HIB", 1, 7, 0) + pool(b"0" * 64) + claims()),
            "read with lock": frame(b"\x02\x01" + struct.pack(">I", 30000) + session()),
            "read without lock": frame(b"\x02\x00" + struct.pack(">I", 0) + session("a", "Z")),
            "read what a browser sent": frame(b"\x02\x03" + struct.pack(">I", 0) + session()),
            "read in place of another": frame(b"\x02\x05" + struct.pack(">I", 0) + session() + session("a", "Z")),
            "write and release": frame(b"\x03\x01" + struct.pack(">QQI", version, token, 1440) + session() + data),
            "write, deferred": frame(b"\x03\x02" + struct.pack(">QQI", version, token, 1440) + session() + data),
            "write, release, deferred": frame(b"\x03\x03" + struct.pack(">QQI", version, token, 1440) + session() + data),
            "write nothing": frame(b"\x03\x00" + struct.pack(">QQI", 0, 1, 0) + session()),
            "touch and release": frame(b"\x04\x01" + struct.pack(">QI", version, 1440) + session()),
            "release": frame(b"\x05"),
            "destroy": frame(b"\x06" + session()),
            "gc": frame(b"\x07" + struct.pack(">I", 1440)),
            "ping": frame(b"\x08"),
            "retire": frame(b"\x09" + session()),
            "write, identified": frame(
                b"\x03\x05" + struct.pack(">QQI", version, token, 1440) + session() + user(b"alice\xff") + data
            ),
            "write, authenticated": frame(
                b"\x03\x0d" + struct.pack(">QQI", version, token, 1440) + session() + user(b"alice\xff") + data
            ),
            "write, deferred, of nobody": frame(
                b"\x03\x06" + struct.pack(">QQI", version, token, 1440) + session() + user(b"") + data
            ),
            "sessions": frame(b"\x0a" + user(b"alice") + session()),
            "sessions of the asker's user": frame(b"\x0a" + user(b"") + session("a", "Z")),
            "end all": frame(b"\x0b\x00" + user(b"u" * 255) + session()),
            "end all others": frame(b"\x0b\x01" + user(b"") + session()),
            "remember": frame(b"\x0c" + user(b"alice\xff")),
            "redeem": frame(b"\x0d" + TOKEN),
            "forget": frame(b"\x0e" + TOKEN),
            "adopt": frame(adopt(1_700_000_000, 1_700_000_300, 1440) + session() + data),
            "adopt nothing": frame(adopt(0, 2**64 - 1, 0) + session("a", "Z")),
            "end one": frame(b"\x0b\x02" + user(b"alice") + session() + bytes.fromhex("3f9c2a17d0be")),
        },
        "answers": {
            "issued": frame(b"\x8b" + TOKEN + struct.pack(">I", 2_592_000)),
            "remembered": frame(b"\x8c\x01" + TOKEN + struct.pack(">I", 3600) + SINCE + user(b"alice\xff")),
            "remembered, again": frame(b"\x8c\x00" + b"\xff" * 8 + user(b"u" * 255)),
            "not remembered": frame(b"\x8d\x00"),
            "not remembered, reused": frame(b"\x8d\x02"),
            "hello": hello_ok(0xDEADBEEF, 0, 4194304, 30000),
            "hello, deferred": hello_ok(7, 1, 67108864, 1000),
            "hello, with a session key": hello_ok(7, 0, 1, 1, "auth.ä".encode()),
            "hello, with a directory to read through": hello_ok(7, 0, 1, 1, read_through="2;0600;/srv/ä".encode()),
            "hello, with both": hello_ok(7, 1, 1, 1, b"u" * 255, b"/" * 255),
            "found": frame(b"\x82\x00" + struct.pack(">Q", version) + data),
            "found, empty": frame(b"\x82\x00" + struct.pack(">Q", 1)),
            "found, deferred": frame(b"\x82\x01" + struct.pack(">Q", version) + data),
            "absent, destroyed": frame(b"\x83\x00\x02"),
            "absent, other address": frame(b"\x83\x00\x05"),
            "absent, replaced": frame(b"\x83\x00\x07"),
            "absent, deferred": frame(b"\x83\x01\x00"),
            "written": frame(b"\x84" + struct.pack(">Q", version + 1)),
            "destroyed": frame(b"\x85\x01"),
            "collected": frame(b"\x86" + struct.pack(">I", 17)),
            "pong": frame(b"\x87"),
            "unwritten": frame(b"\x88" + struct.pack(">QH", token, 12) + b"the disk is full"),
            "sessions": frame(
                b"\x89\x00\x02"
                + user_session(bytes.fromhex("00000a17d0be"), 1, 1_700_000_000, 1_700_000_300, b"192.0.0.0/16", b"Firefox on Windows")
                + user_session(b"\xff" * 6, 0, 0, 2**64 - 1, b"", b"")
            ),
            "sessions, none": frame(b"\x89\x00\x00"),
            "ended": frame(b"\x8a\x00" + struct.pack(">I", 3)),
            "ended, also the asker's own": frame(b"\x8a\x01" + struct.pack(">I", 1)),
            "too many sessions of the user": error(20, 0, "five"),
            "no user": error(22, 0, "whose"),
            "conflict": error(9, 0, "somebody else was faster"),
            "unknown operation": error(3, 1, "unknown operation 99"),
        },
        # Frames that must be refused, with the code of the ERROR.
        "refused requests": {
            "empty": [1, frame(b"")],
            "unknown operation": [3, frame(b"\x63")],
            "bytes left over": [1, frame(b"\x08\x00")],
            "hello, truncated": [1, frame(b"\x01\x00\x01\x00")],
            "hello, label longer than the frame": [1, frame(b"\x01" + struct.pack(">HIB", 1, 7, 5) + b"GET")],
            "hello, without a pool": [1, frame(b"\x01" + struct.pack(">HIB", 1, 7, 0))],
            "hello, without claims": [1, frame(b"\x01" + struct.pack(">HIB", 1, 7, 0) + pool())],
            "hello, a claim longer than the frame": [
                1, frame(b"\x01" + struct.pack(">HIB", 1, 7, 0) + pool() + struct.pack(">H", 9) + b"::1")
            ],
            "hello, a pool longer than the frame": [1, frame(b"\x01" + struct.pack(">HIB", 1, 7, 0) + b"\x05shop")],
            "hello, a pool of 65 characters": [
                1, frame(b"\x01" + struct.pack(">HIB", 1, 7, 0) + pool(b"a" * 65) + claims())
            ],
            "hello, a pool in capitals": [1, frame(b"\x01" + struct.pack(">HIB", 1, 7, 0) + pool(b"Shop") + claims())],
            "hello, a pool that begins with a dash": [
                1, frame(b"\x01" + struct.pack(">HIB", 1, 7, 0) + pool(b"-shop") + claims())
            ],
            "hello, a pool that is a path": [
                1, frame(b"\x01" + struct.pack(">HIB", 1, 7, 0) + pool(b"../passwd") + claims())
            ],
            "read in place of nothing": [1, frame(b"\x02\x05" + struct.pack(">I", 0) + session())],
            "undefined flag": [1, frame(b"\x02\x08" + struct.pack(">I", 0) + session())],
            "empty name": [1, frame(b"\x06" + session("", ID))],
            "empty id": [6, frame(b"\x06" + session(NAME, ""))],
            "id with a dot": [6, frame(b"\x06" + session(NAME, "../../etc/passwd"))],
            "id of 257": [6, frame(b"\x06" + session(NAME, "a" * 257))],
            "touch with a bad id": [1, frame(b"\x04\x01" + struct.pack(">QI", 1, 1) + session(NAME, "!"))],
            "undefined flag of a write": [1, frame(b"\x03\x10" + struct.pack(">QQI", 0, 1, 1) + session())],
            "write, authenticated, without a user": [1, frame(b"\x03\x08" + struct.pack(">QQI", 0, 1, 1) + session())],
            "write, authenticated, of nobody": [
                1, frame(b"\x03\x0c" + struct.pack(">QQI", 0, 1, 1) + session() + user(b""))
            ],
            "write, a user longer than the frame": [1, frame(b"\x03\x04" + struct.pack(">QQI", 0, 1, 1) + session() + b"\x05user")],
            "sessions, with bytes left over": [1, frame(b"\x0a" + user(b"") + session() + b"\x00")],
            "sessions with an empty id": [6, frame(b"\x0a" + user(b"alice") + session(NAME, ""))],
            "end, of an unknown kind": [1, frame(b"\x0b\x03" + user(b"") + session())],
            "end one, without a tag": [1, frame(b"\x0b\x02" + user(b"") + session() + bytes(5))],
            "end all, with a tag": [1, frame(b"\x0b\x00" + user(b"") + session() + bytes(6))],
            "remember nobody": [1, frame(b"\x0c" + user(b""))],
            "remember, a user longer than the frame": [1, frame(b"\x0c\x06alice")],
            "redeem, truncated": [1, frame(b"\x0d" + TOKEN[:-1])],
            "redeem, with bytes left over": [1, frame(b"\x0d" + TOKEN + b"\x00")],
            "forget nothing": [1, frame(b"\x0e")],
            "adopt, truncated": [1, frame(adopt(1, 2, 3)[:-1])],
            "adopt, without a session": [1, frame(adopt(1, 2, 3))],
            "adopt with a bad id": [6, frame(adopt(1, 2, 3) + session(NAME, "../x") + data)],
            "undefined flag of a touch": [1, frame(b"\x04\x02" + struct.pack(">QI", 1, 1) + session())],
            "write with a bad id": [6, frame(b"\x03\x01" + struct.pack(">QQI", 0, 1, 1) + session(NAME, "!"))],
            "deferred write with a bad id": [1, frame(b"\x03\x03" + struct.pack(">QQI", 0, 1, 1) + session(NAME, "!"))],
            "write with token 0": [1, frame(b"\x03\x01" + struct.pack(">QQI", 0, 0, 1) + session())],
            "id longer than the frame": [1, frame(b"\x06\x01a\xff\xffabc")],
        },
        # Frames that no daemon sends, and that a client must refuse.
        "refused answers": {
            "hello, undefined flag": hello_ok(7, 2, 1, 1),
            "hello, without a session key": frame(b"\x81" + struct.pack(">HIBII", 1, 7, 0, 1, 1)),
            "hello, without a directory to read through": frame(b"\x81" + struct.pack(">HIBII", 1, 7, 0, 1, 1) + user(b"")),
            "hello, a directory that is longer than the frame": frame(
                b"\x81" + struct.pack(">HIBII", 1, 7, 0, 1, 1) + user(b"") + b"\x05/srv"
            ),
            "hello, a session key that is not UTF-8": hello_ok(7, 0, 1, 1, b"\xff"),
            "sessions, one missing": frame(b"\x89\x00\x02" + user_session(bytes(6), 0, 1, 2, b"", b"")),
            "sessions, undefined flag": frame(b"\x89\x00\x01" + user_session(bytes(6), 2, 1, 2, b"", b"")),
            "ended, undefined flag": frame(b"\x8a\x02" + bytes(4)),
            "issued, without a lifetime": frame(b"\x8b" + TOKEN),
            "remembered, undefined flag": frame(b"\x8c\x02" + SINCE + user(b"alice")),
            "remembered, without the token": frame(b"\x8c\x01" + SINCE + user(b"alice")),
            "remembered, nobody": frame(b"\x8c\x00" + SINCE + user(b"")),
            "remembered, without the time": frame(b"\x8c\x00" + user(b"alice")),
            "found, undefined flag": frame(b"\x82\x03" + struct.pack(">Q", version) + data),
            "absent, undefined flag": frame(b"\x83\x80\x00"),
            "absent, without flags": frame(b"\x83\x02"),
            "unwritten, truncated": frame(b"\x88" + struct.pack(">Q", token) + b"\x00"),
            "unwritten, for a reason that ends the connection": frame(b"\x88" + struct.pack(">QH", token, 13)),
        },
    }


def main():
    mode, path = sys.argv[1:3]
    text = json.dumps(vectors(), indent=2) + "\n"
    if mode == "--write":
        with open(path, "w") as file:
            file.write(text)
    elif mode == "--check":
        with open(path) as file:
            if file.read() != text:
                sys.exit(f"{path} is not what protocol.py computes")
        print(f"{path}: all vectors agree")
    else:
        sys.exit(__doc__)


main()
