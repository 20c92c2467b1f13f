#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Vectors for docs/admin-protocol.md, computed without the Swift code.

  admin_protocol.py --write FILE   writes the vectors
  admin_protocol.py --check FILE   computes them again and compares
  admin_protocol.py --corpus DIR   writes the requests as files for the fuzz target
"""

import json
import os
import struct
import sys

OLD, NEW = "0123456789abcdef", "fedcba9876543210"


def frame(message):
    text = message if isinstance(message, bytes) else json.dumps(
        message, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    return (struct.pack(">I", len(text)) + text).hex()


def request(name, **fields):
    return frame({"request": name, **fields})


def reply(name, **fields):
    return frame({"reply": name, **fields})


def vectors():
    return {
        "requests": {
            "keyrings": request("keyrings"),
            "keyrings of a pool": request("keyrings", pool="shop"),
            "keys": request("keys"),
            "keys of a pool": request("keys", pool="default"),
            "rotate": request("rotate", pool="default", wait=True),
            "rotate in the background": request("rotate", pool="shop", wait=False),
            "interrupt": request("interrupt", pool="default"),
            "retire": request("retire", pool="default", key=OLD),
            "reload": request("reload"),
            "checkpoint": request("checkpoint"),
            "checkpoint of a pool": request("checkpoint", pool="shop"),
        },
        "replies": {
            "hello": reply("hello", version=1, daemon="0.1.0"),
            "progress": reply("progress", pool="default", phase="resealing", done=10, total=100, changed=7),
            "progress, of nobody knows how much": reply(
                "progress", pool="default", phase="compacting", done=10
            ),
            "keyrings": reply(
                "keyrings",
                pools=[
                    {
                        "pool": "default",
                        "keys": [NEW, OLD],
                        "sources": ["file /etc/cloakroom/key"],
                        "editableFile": "/etc/cloakroom/key",
                        "reloads": True,
                        "rotating": False,
                    },
                    {
                        "pool": "shop",
                        "keys": [OLD],
                        "sources": ["command /usr/bin/gpg"],
                        "reloads": True,
                        "rotating": True,
                    },
                ],
            ),
            "keys": reply(
                "keys",
                pools=[
                    {
                        "pool": "default",
                        "keys": [
                            {
                                "id": NEW,
                                "role": "seals",
                                "age": 60,
                                "records": 5,
                                "addressKey": True,
                                "source": "file /etc/cloakroom/key",
                            },
                            {"id": OLD, "role": "missing", "records": 2, "addressKey": False},
                        ],
                    }
                ],
            ),
            "rotation, complete": reply("rotation", pool="default", outcome="complete", key=NEW, resealed=93),
            "rotation, interrupted": reply("rotation", pool="default", outcome="interrupted", key=NEW),
            "rotation, started": reply("rotation", pool="default", outcome="started", key=NEW),
            "interrupted": reply("interrupted", rotating=True),
            "retired": reply(
                "retirement", pool="default", key=OLD, outcome="retired", records=0, addressKey=False
            ),
            "needed": reply("retirement", pool="default", key=OLD, outcome="needed", records=3, addressKey=True),
            "reloaded": reply(
                "reloaded",
                pools=[{"pool": "default", "keys": [NEW, OLD]}],
                changed=["log.level"],
                restart=["server.socket"],
            ),
            "checkpoint": reply(
                "checkpoint",
                time=1795894200,
                pools=[
                    {
                        "pool": "default",
                        "directory": "/var/lib/cloakroom/checkpoint",
                        "keys": [OLD, NEW],
                        "sessions": 1000000,
                    },
                    {"pool": "shop", "directory": "/var/lib/cloakroom/pools/shop/checkpoint", "keys": [NEW]},
                ],
            ),
            "error": reply("error", code="refused", message="user 33 may use PHP's socket, and so never this one: …"),
        },
        # The code of the error that the daemon answers, and the request.
        "refused requests": {
            "no JSON": ["malformed", frame(b"{")],
            "not UTF-8": ["malformed", frame(b'{"request":"\xff"}')],
            "a list": ["malformed", frame(b"[]")],
            "without a name": ["malformed", frame({"pool": "default"})],
            "of an unknown name": ["unknown request", request("shutdown")],
            "with a field that is not known": ["malformed", request("keys", pol="default")],
            "with a field of another type": ["malformed", request("rotate", pool="default", wait="yes")],
            "without a field": ["malformed", request("retire", pool="default")],
            "a checkpoint with a field that is not known": ["malformed", request("checkpoint", wait=True)],
        },
    }


def write_corpus(directory):
    for number, value in enumerate(vectors()["requests"].values()):
        with open(os.path.join(directory, f"request-{number}"), "wb") as file:
            file.write(bytes.fromhex(value))
    for number, (_, value) in enumerate(vectors()["refused requests"].values()):
        with open(os.path.join(directory, f"refused-{number}"), "wb") as file:
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
                sys.exit(f"{path} is not what admin_protocol.py computes")
        print(f"{path}: all vectors agree")
    else:
        sys.exit(__doc__)


main()
