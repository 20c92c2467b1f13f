#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Vectors for docs/admin-protocol.md, computed without the Swift code.

  admin_protocol.py --write FILE   writes the vectors
  admin_protocol.py --check FILE   computes them again and compares
  admin_protocol.py --corpus DIR   writes the requests as files for the fuzz target
"""

import base64
import json
import os
import struct
import sys

OLD, NEW = "0123456789abcdef", "fedcba9876543210"
TAG, OTHER = "00a1b2c3d4e5", "ffeeddccbbaa"
ROW = {
    "pool": "default",
    "tag": TAG,
    "user": "zoë",
    "age": 3600,
    "idle": 60,
    "endsIn": 1380,
    "size": 2048,
    "network": "192.0.0.0/16",
    "browser": "Firefox on Windows",
    "state": "live",
}
LOCK = {
    "pool": "default",
    "tag": TAG,
    "user": "zoë",
    "holder": {"pid": 4711, "request": "GET /report.php", "milliseconds": 12345},
    "waiting": 2,
    "waiters": [
        {"pid": 4712, "request": "GET /", "milliseconds": 900},
        {"pid": 4713, "request": "", "milliseconds": 0},
    ],
}


NO_REQUESTS = {"count": 0}
POOL_STATUS = {
    "pool": "shop",
    "sessions": 1000000,
    "bytes": 2048000000,
    "sessionLimit": 2000000,
    "byteLimit": 4096000000,
    "connections": 12,
    "counts": {"absent": 5, "found": 95},
    "metadataHits": 90,
    "metadataMisses": 10,
    "locks": {
        "held": 3,
        "waiting": 1,
        "oldest": {"session": "0123456789ab", "pid": 815, "request": "GET /", "held": 1500, "waiting": 0},
        "oldestContended": {"session": "ba9876543210", "pid": 816, "request": "", "held": 200, "waiting": 1},
    },
    "keys": [NEW, OLD],
    "missingKeys": ["00000000000000ff"],
    "rotating": True,
    "deferralObstacles": ["configuration", "storeRefuses", "storeFailed", "poolFull", "stopping"],
    "store": {
        "writes": "refused",
        "fault": "no space",
        "readable": True,
        "durability": "power",
        "sinceSync": 400,
        "fileBytes": 2100000000,
        "records": 1000100,
        "pendingCompactionBytes": 4096,
        "compactions": 1,
        "backgroundErrors": 2,
        "diskFree": 17000000000,
        "diskSize": 34000000000,
    },
    "latencies": [
        {
            "kind": "read",
            "sinceStart": {"count": 2, "p50": 4000, "p90": 5000, "p99": 5000, "p999": 5000, "max": 5000},
            "lastMinute": NO_REQUESTS,
            "sum": 9000,
            "below": [1] + [2] * 24,
        }
    ]
    + [
        {"kind": kind, "sinceStart": NO_REQUESTS, "lastMinute": NO_REQUESTS, "sum": 0, "below": [0] * 25}
        for kind in ["lockedRead", "lockWait", "write", "touch", "destroy", "other"]
    ],
}


def frame(message):
    text = message if isinstance(message, bytes) else json.dumps(
        message, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    return (struct.pack(">I", len(text)) + text).hex()


def request(request_name, **fields):
    return frame({"request": request_name, **fields})


def reply(name, **fields):
    return frame({"reply": name, **fields})


def session(identifier, data, created, last_seen, lifetime):
    return {
        "id": identifier,
        "data": base64.b64encode(data).decode(),
        "created": created,
        "lastSeen": last_seen,
        "lifetime": lifetime,
    }


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
            "import, for the terms": request("import", pool="shop"),
            "import": request(
                "import",
                pool="default",
                batch={
                    "name": "PHPSESSID",
                    "store": True,
                    "sessions": [
                        session("0123456789abcdef,-", b'user|s:5:"alice";', 1_700_000_000, 1_700_000_600, 1440),
                        session("AZ", bytes(range(256)), 0, 2**64 - 1, 2**32 - 1),
                        session("empty", b"", 1, 2, 3),
                    ],
                },
            ),
            "import, of nothing, stored nowhere": request(
                "import", pool="default", batch={"name": "sid", "store": False, "sessions": []}
            ),
            "status": request("status"),
            "status of a pool": request("status", pool="shop"),
            "sessions": request("sessions"),
            "sessions, selected": request(
                "sessions",
                pool="shop",
                user="zoë",
                age=86400,
                idle=900,
                network="2001:db8::/32",
                browser="firefox",
                state="replaced",
                limit=100,
            ),
            "session": request("session", tag=TAG),
            "session of a pool": request("session", pool="shop", tag=TAG),
            "end by tag": request("end", tags=[TAG, OTHER]),
            "end of a user": request("end", pool="shop", user="zoë"),
            "end of all": request("end", all=True),
            "locks": request("locks", contended=False),
            "locks that somebody waits for": request("locks", pool="default", contended=True),
            "users": request("users", pool="default", minimum=3),
            "gc": request("gc"),
            "gc of a pool": request("gc", pool="shop"),
            "verify": request("verify", limit=100),
            "verify of a pool": request("verify", pool="shop", limit=0),
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
            "import, the terms": reply(
                "import", pool="shop", terms={"users": [33, 1001], "groups": [50], "maximumData": 1048576}
            ),
            "import, the outcomes": reply(
                "import",
                pool="default",
                outcomes=[
                    {"outcome": outcome, "session": "3f9c2a17d0be"}
                    for outcome in (
                        "adopted", "adoptable", "equal", "newer", "different", "ended", "expired", "too large",
                        "pool full", "locked", "unreadable",
                    )
                ]
                + [{"outcome": "invalid"}],
            ),
            "status of a pool": reply("status", part="pool", **POOL_STATUS),
            "status of a pool that counts its sessions": reply(
                "status", part="pool", **{name: value for name, value in POOL_STATUS.items() if name not in ("sessions", "bytes")}
            ),
            "status of the daemon": reply(
                "status",
                part="daemon",
                version="0.1.0",
                pid=4711,
                uptime=86400123,
                time=2000000000,
                clockLead=-61000,
                connections=12,
                connectionLimit=1000,
                connectionsRefused=1,
                memory=52428800,
                keyMemory=1344,
                keyMemorySize=4194304,
            ),
            "progress of a verification": reply(
                "progress", pool="default", phase="verifyingRecords", done=10, total=100
            ),
            "sessions": reply(
                "sessions",
                rows=[ROW, {k: ROW[k] for k in ("pool", "tag", "age", "idle", "size")} | {"state": "expired"}],
            ),
            "locks": reply("locks", rows=[LOCK]),
            "users": reply("users", rows=[{"pool": "default", "user": "zoë", "sessions": 3, "idle": 7}]),
            "listed": reply("listed", rows=100, unreadable=1, more=True),
            "session": reply(
                "session",
                found=[
                    {
                        "pool": "default",
                        "tag": TAG,
                        "kind": "session",
                        "session": ROW,
                        "lifetime": 1440,
                        "version": 1700000000000001,
                        "identified": 50,
                        "successor": OTHER,
                        "remembered": True,
                        "key": NEW,
                        "lock": LOCK,
                    },
                    {
                        "pool": "shop",
                        "tag": TAG,
                        "kind": "tokens",
                        "user": "zoë",
                        "age": 1,
                        "endsIn": 2592000,
                        "key": OLD,
                    },
                    {"pool": "shop", "tag": TAG, "kind": "unwritten", "lock": LOCK},
                    {"pool": "shop", "tag": TAG, "kind": "unreadable", "reason": "not authentic", "key": OLD},
                ],
            ),
            "session, unknown": reply("session", found=[]),
            "ended": reply("ended", sessions=3, others=1, tokens=2, locks=1, unknown=[OTHER]),
            "collected": reply("collected", pools=[{"pool": "default", "removed": 12}]),
            "findings": reply(
                "findings",
                rows=[
                    {"pool": "default", "tag": TAG, "reason": "metadata: not authentic"},
                    {"pool": "default", "reason": "the engine cannot read the expiry index to its end"},
                ],
            ),
            "verified": reply(
                "verified",
                pools=[
                    {
                        "pool": "default",
                        "sessions": 100,
                        "tokens": 5,
                        "bodies": 100,
                        "entries": 105,
                        "memberships": 50,
                        "findings": 2,
                    }
                ],
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
            "a status with a field that is not known": ["malformed", request("status", pools=["default"])],
            "a status of a pool without a name": ["malformed", request("status", pool=7)],
            "without a field": ["malformed", request("retire", pool="default")],
            "import without a pool": ["malformed", request("import")],
            "import with a field that is not known": ["malformed", request("import", pool="default", name="sid")],
            "import of a batch with a field that is not known": [
                "malformed",
                request("import", pool="default", batch={"name": "a", "store": True, "sessions": [], "dry": True}),
            ],
            "import of a session with a field that is not known": [
                "malformed",
                request(
                    "import",
                    pool="default",
                    batch={"name": "a", "store": True, "sessions": [session("a", b"", 0, 0, 0) | {"user": "bob"}]},
                ),
            ],
            "import of contents that are not base64": [
                "malformed",
                request(
                    "import",
                    pool="default",
                    batch={"name": "a", "store": True, "sessions": [session("a", b"", 0, 0, 0) | {"data": "*"}]},
                ),
            ],
            "import of a time that is none": [
                "malformed",
                request(
                    "import", pool="default", batch={"name": "a", "store": True, "sessions": [session("a", b"", -1, 0, 0)]}
                ),
            ],
            "sessions with a field that is not known": ["malformed", request("sessions", users="a")],
            "sessions of a state that is none": ["malformed", request("sessions", state="dead")],
            "sessions of a negative age": ["malformed", request("sessions", age=-1)],
            "end of nothing": ["malformed", request("end", pool="default")],
            "end of two things": ["malformed", request("end", user="a", all=True)],
            "end of not all": ["malformed", request("end", all=False)],
            "session without a tag": ["malformed", request("session")],
            "verify without a limit": ["malformed", request("verify")],
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
