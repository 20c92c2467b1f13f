#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Vectors for docs/backup.md, computed without the Swift code, and a second opinion on a real backup.

  backup_manifest.py --write FILE   writes the vectors
  backup_manifest.py --check FILE   computes them again and compares
  backup_manifest.py --corpus DIR   writes the manifests as files for the fuzz target
  backup_manifest.py --verify DIR   compares the backup in DIR with its manifest, and says what is wrong
"""

import hashlib
import json
import os
import re
import stat
import sys

OLD, NEW = "0123456789abcdef", "fedcba9876543210"
EMPTY = hashlib.sha256(b"").hexdigest()
FILE_NAME = re.compile(r"CURRENT|MANIFEST-[0-9]{1,20}|OPTIONS-[0-9]{1,20}|[0-9]{1,20}\.(sst|log|blob)")


def text(manifest):
    return json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def file(name, contents):
    return {"name": name, "size": len(contents), "sha256": hashlib.sha256(contents).hexdigest()}


def pool(name="default", keys=(OLD,), files=None, **fields):
    files = files if files is not None else [file("CURRENT", b"MANIFEST-000005\n"), file("MANIFEST-000005", b"m")]
    return {"pool": name, "keys": list(keys), "files": files, **fields}


def manifest(**fields):
    return {"format": 1, "created": "2026-11-28T19-30-00Z", "version": "0.1.0", "pools": [pool()], **fields}


def vectors():
    table = [file("000008.sst", b"table"), file("000009.log", b""), file("CURRENT", b"MANIFEST-000005\n")]
    accepted = {
        "one pool": manifest(),
        "sessions and two keys": manifest(pools=[pool(keys=[OLD, NEW], sessions=1000000)]),
        "no keys, tables and a log": manifest(pools=[pool(keys=[], sessions=0, files=table)]),
        "two pools": manifest(pools=[pool(), pool("shop", keys=[NEW])]),
        "a version in other letters": manifest(version="0.2.0-β/1"),
    }
    changed_order = b'{"version":"0.1.0",' + text(manifest())[1:].replace(b',"version":"0.1.0"', b"")
    refused = {
        "nothing": ["damaged", b""],
        "no JSON": ["damaged", b"{"],
        "no end of line": ["damaged", text(manifest())[:-1]],
        "a space more": ["damaged", text(manifest()).replace(b":1,", b": 1,")],
        "another order of fields": ["damaged", changed_order],
        "a field that is not known": ["damaged", text(manifest(more=1))],
        "a field twice": ["damaged", text(manifest()).replace(b'"format":1', b'"format":1,"format":1')],
        "without a field": ["damaged", text({k: v for k, v in manifest().items() if k != "version"})],
        "another format": ["format", text(manifest(format=2, pools={}))],
        "a time that is none": ["damaged", text(manifest(created="2026-02-30T00-00-00Z"))],
        "no pools": ["damaged", text(manifest(pools=[]))],
        "a pool twice": ["damaged", text(manifest(pools=[pool(), pool()]))],
        "pools in another order": ["damaged", text(manifest(pools=[pool("shop"), pool()]))],
        "a pool that leads elsewhere": ["damaged", text(manifest(pools=[pool("../../etc")]))],
        "a file that leads elsewhere": [
            "damaged", text(manifest(pools=[pool(files=[file("../../etc/passwd", b""), file("CURRENT", b"")])])),
        ],
        "a file that is none of a store": [
            "damaged", text(manifest(pools=[pool(files=[file("CURRENT", b""), file("LOCK", b"")])])),
        ],
        "files in another order": ["damaged", text(manifest(pools=[pool(files=list(reversed(table)))]))],
        "a file twice": ["damaged", text(manifest(pools=[pool(files=[table[2], table[2]])]))],
        "no CURRENT": ["damaged", text(manifest(pools=[pool(files=table[:2])]))],
        "a size below nothing": ["damaged", text(manifest(pools=[pool(files=[{**table[2], "size": -1}])]))],
        "a size beyond all disks": ["damaged", text(manifest(pools=[pool(files=[{**table[2], "size": 1 << 62}])]))],
        "a hash in capitals": [
            "damaged", text(manifest(pools=[pool(files=[{**table[2], "sha256": EMPTY.upper()}])])),
        ],
        "a hash that is short": ["damaged", text(manifest(pools=[pool(files=[{**table[2], "sha256": EMPTY[1:]}])]))],
        "a key that is none": ["damaged", text(manifest(pools=[pool(keys=["0123"])]))],
        "a negative number of sessions": ["damaged", text(manifest(pools=[pool(sessions=-1)]))],
        "not UTF-8": ["damaged", text(manifest()).replace(b"0.1.0", b"0.1.\xff")],
    }
    return {
        "accepted": {
            name: {"text": text(value).hex(), "hash": hash_text(text(value)).hex()} for name, value in accepted.items()
        },
        "refused": {name: [code, value.hex()] for name, (code, value) in refused.items()},
    }


def hash_text(contents):
    return f"{hashlib.sha256(contents).hexdigest()}  manifest.json\n".encode()


def write_corpus(directory):
    vectors_now = vectors()
    for number, value in enumerate(vectors_now["accepted"].values()):
        with open(os.path.join(directory, f"accepted-{number}"), "wb") as output:
            output.write(bytes.fromhex(value["text"]))
    for number, (_, value) in enumerate(vectors_now["refused"].values()):
        with open(os.path.join(directory, f"refused-{number}"), "wb") as output:
            output.write(bytes.fromhex(value))


def read(path):
    with open(path, "rb") as source:
        return source.read()


def verify(directory):
    """What is wrong with a backup, a line each."""
    contents = read(os.path.join(directory, "manifest.json"))
    if read(os.path.join(directory, "manifest.sha256")) != hash_text(contents):
        return ["manifest.json is not what manifest.sha256 says"]
    manifest = json.loads(contents)
    if text(manifest) != contents or manifest["format"] != 1:
        return ["manifest.json is not written as manifests of format 1 are"]
    expected = {"manifest.json": None, "manifest.sha256": None}
    for entry in manifest["pools"]:
        place = "state/rocksdb" if entry["pool"] == "default" else f"state/pools/{entry['pool']}/rocksdb"
        for item in entry["files"]:
            expected[f"{place}/{item['name']}"] = item
            if not FILE_NAME.fullmatch(item["name"]):
                return [f"{item['name']} is no file of a store"]
    wrong = []
    found = set()
    for parent, directories, files in os.walk(directory):
        for name in directories + files:
            path = os.path.join(parent, name)
            relative = os.path.relpath(path, directory)
            mode = os.lstat(path)
            if stat.S_IMODE(mode.st_mode) != (0o700 if name in directories else 0o600):
                wrong.append(f"{relative}: mode {stat.S_IMODE(mode.st_mode):o}")
            if name in directories:
                continue
            found.add(relative)
            item = expected.get(relative, False)
            if item is False:
                wrong.append(f"{relative}: additional")
            elif not stat.S_ISREG(mode.st_mode):
                wrong.append(f"{relative}: no regular file")
            elif item is not None:
                data = read(path)
                if len(data) != item["size"] or hashlib.sha256(data).hexdigest() != item["sha256"]:
                    wrong.append(f"{relative}: changed")
    wrong += [f"{name}: missing" for name in sorted(set(expected) - found)]
    return wrong


def main():
    mode, path = sys.argv[1:3]
    written = json.dumps(vectors(), indent=2) + "\n"
    if mode == "--write":
        with open(path, "w") as output:
            output.write(written)
    elif mode == "--corpus":
        write_corpus(path)
    elif mode == "--check":
        with open(path) as source:
            if source.read() != written:
                sys.exit(f"{path} is not what backup_manifest.py computes")
        print(f"{path}: all vectors agree")
    elif mode == "--verify":
        wrong = verify(path)
        if wrong:
            sys.exit("\n".join(wrong))
        print(f"{path}: everything is as it was written")
    else:
        sys.exit(__doc__)


main()
