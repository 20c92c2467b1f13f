#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Vectors for docs/gate-protocol.md, computed without the Swift code.

  gate_protocol.py --write FILE   writes the vectors
  gate_protocol.py --check FILE   computes them again and compares
  gate_protocol.py --corpus DIR   writes requests and answers as files for the fuzz targets, in GateRequest and GateResponse below DIR
"""

import json
import os
import struct
import sys

NAME, ID = b"PHPSESSID", b"0123456789abcdefghijklmnopqrstuv"
TAG = bytes.fromhex("00a1b2c3d4e5")
STATUS = b'{"daemon":{},"locks":[]}'


def session(name=NAME, id=ID):
    return struct.pack(">B", len(name)) + name + struct.pack(">H", len(id)) + id


def short(text=b""):
    """A length of one byte, and that much."""
    return struct.pack(">B", len(text)) + text


def claims(*fields):
    """Five fields with a length of two bytes each."""
    fields += (b"",) * (5 - len(fields))
    return b"".join(struct.pack(">H", len(field)) + field for field in fields)


def frame(body):
    return (struct.pack(">I", len(body)) + body).hex()


def check(flags=0, pool=b"", session=session(), claims=claims()):
    return b"\x02" + struct.pack(">B", flags) + short(pool) + session + claims


def alive(flags, *times, tag=TAG):
    return b"\x82" + struct.pack(">B", flags) + tag + struct.pack(">III", *times)


def error(code, closes, text):
    return b"\xff" + struct.pack(">HB", code, closes) + text.encode()


def vectors():
    return {
        "requests": {
            "hello": frame(b"\x01\x00\x01"),
            "hello of a later version": frame(b"\x01\x01\x02"),
            "check": frame(check()),
            "check of a browser": frame(check(claims=claims(b"192.0.2.1", b"Browser/1"))),
            "check through proxies": frame(
                check(claims=claims(b"::1", b"", b"192.0.2.1, ::2", b"192.0.2.1", b"for=192.0.2.1"))
            ),
            "check in a pool": frame(check(pool=b"shop-2_b", session=session(b"a", b"Z"))),
            "check that counts as activity": frame(check(flags=1, pool=b"0" * 64)),
            "check of long claims": frame(check(claims=claims(*[b"\xff" * 300] * 5))),
            "check of the longest session": frame(check(session=session(b"n" * 255, b"-" * 256))),
            "status": frame(b"\x03"),
        },
        "answers": {
            "hello": frame(b"\x81\x00\x01" + short(b"0.8.0")),
            "hello of a daemon without a version": frame(b"\x81\x00\x02" + short()),
            "alive": frame(alive(0, 3600, 60, 1380)),
            "alive for ever": frame(alive(0, 0, 0, 2**32 - 1, tag=b"\xff" * 6)),
            "alive, with a user": frame(alive(1, 3600, 60, 1380) + struct.pack(">I", 600) + short(b"alice\xff")),
            "alive, with the longest user": frame(alive(1, 1, 1, 1) + struct.pack(">I", 0) + short(b"u" * 255)),
            "not alive, unknown": frame(b"\x83\x00"),
            "not alive, replaced": frame(b"\x83\x07"),
            "not alive, for a reason of a later version": frame(b"\x83\xc8"),
            "status": frame(b"\x84" + STATUS),
            "guessing": frame(error(21, 0, "too many")),
            "unknown pool": frame(error(23, 0, "no such pool")),
            "stopping": frame(error(13, 1, "ask again")),
        },
        # Frames that must be refused, with the code of the ERROR.
        "refused requests": {
            "empty": [1, frame(b"")],
            "longer than a request can be": [2, struct.pack(">I", 5 * 65537 + 1025).hex()],
            "not of this protocol": [2, b"GET / HTTP/1.1\r\n\r\n".hex()],
            "unknown operation": [3, frame(b"\x04")],
            "an answer": [3, frame(b"\x83\x00")],
            "hello, truncated": [1, frame(b"\x01\x00")],
            "hello, with bytes left over": [1, frame(b"\x01\x00\x01\x00")],
            "check of nothing": [1, frame(b"\x02")],
            "check, undefined flag": [1, frame(check(flags=2))],
            "check, a pool in capitals": [1, frame(check(pool=b"Shop"))],
            "check, a pool that is a path": [1, frame(check(pool=b"../passwd"))],
            "check, a pool of 65 characters": [1, frame(check(pool=b"a" * 65))],
            "check, a pool longer than the frame": [1, frame(b"\x02\x00\x05shop")],
            "check, empty name": [1, frame(check(session=session(b"")))],
            "check, empty id": [6, frame(check(session=session(id=b"")))],
            "check, id with a dot": [6, frame(check(session=session(id=b"../../etc/passwd")))],
            "check, id of 257": [6, frame(check(session=session(id=b"a" * 257)))],
            "check, without claims": [1, frame(check(claims=b""))],
            "check, four claims": [1, frame(check(claims=claims()[:-2]))],
            "check, a claim longer than the frame": [1, frame(check(claims=claims()[:-2] + b"\x00\x09::1"))],
            "check, with bytes left over": [1, frame(check() + b"\x00")],
            "status, with bytes left over": [1, frame(b"\x03\x00")],
        },
        # Frames that no daemon sends, and that the gate must refuse.
        "refused answers": {
            "unknown operation": frame(b"\x85"),
            "a request": frame(b"\x03"),
            "hello, without the daemon": frame(b"\x81\x00\x01"),
            "hello, a daemon that is longer than the frame": frame(b"\x81\x00\x01\x060.8.0"),
            "hello, a daemon that is not UTF-8": frame(b"\x81\x00\x01" + short(b"\xff")),
            "alive, undefined flag": frame(alive(2, 1, 1, 1)),
            "alive, truncated": frame(alive(0, 1, 1, 1)[:-1]),
            "alive, with a user that is not announced": frame(alive(0, 1, 1, 1) + struct.pack(">I", 0) + short(b"alice")),
            "alive, without the user": frame(alive(1, 1, 1, 1)),
            "alive, with an empty user": frame(alive(1, 1, 1, 1) + struct.pack(">I", 0) + short()),
            "alive, a user longer than the frame": frame(alive(1, 1, 1, 1) + struct.pack(">I", 0) + b"\x06alice"),
            "not alive, without a reason": frame(b"\x83"),
            "not alive, with bytes left over": frame(b"\x83\x00\x00"),
            "error, whose closing flag is not that of its code": frame(error(13, 0, "ask again")),
            "error, whose closing flag is no flag": frame(error(13, 2, "ask again")),
            "error, not UTF-8": frame(b"\xff\x00\x0d\x01\xff"),
            "error, truncated": frame(b"\xff\x00\x0d"),
        },
    }


def write_corpus(directory):
    computed = vectors()
    seeds = {
        "GateRequest": list(computed["requests"].items()) + [(name, value) for name, (_, value) in computed["refused requests"].items()],
        "GateResponse": list(computed["answers"].items()) + list(computed["refused answers"].items()),
    }
    for target, frames in seeds.items():
        path = os.path.join(directory, target)
        os.makedirs(path, exist_ok=True)
        for name, value in frames:
            with open(os.path.join(path, name.replace(",", "").replace(" ", "-")), "wb") as file:
                file.write(bytes.fromhex(value))


def main():
    mode, path = sys.argv[1:3]
    text = json.dumps(vectors(), indent=2) + "\n"
    if mode == "--write":
        with open(path, "w") as file:
            file.write(text)
    elif mode == "--corpus":
        write_corpus(path)
    elif mode == "--check":
        with open(path) as file:
            if file.read() != text:
                sys.exit(f"{path} is not what gate_protocol.py computes")
        print(f"{path}: all vectors agree")
    else:
        sys.exit(__doc__)


main()
