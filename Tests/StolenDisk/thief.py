#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What somebody gets at who has a copy of the state directory and the master key, and no session id.

thief.py STATE KEY [ID]   KEY is a file with the key in base64; with a session's id, guesses that one as well

It shares no code with the daemon: RocksDB's C library reads the store, Python's cryptography package opens what it can, by
docs/record-format.md. For bodies it tries as a key everything that it has, and everything that follows from that by one HMAC, HKDF
or hash. It prints what it opened, as JSON.
"""

import base64
import collections
import hashlib
import hmac
import json
import pathlib
import struct
import sys

import rocksdb
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

POOL = b"default"
METADATA, FAMILY = b"cloakroom/1/metadata", b"cloakroom/1/remember"
LABELS = (b"cloakroom/1/key-id", METADATA, b"cloakroom/1/wrap", b"cloakroom/1/body", FAMILY, b"cloakroom/1/address-key")
NAMES = (b"PHPSESSID", b"SESSID", b"session", b"sid", b"")
# What applications take for an id that know no better, and what tests leave behind.
GUESSED_IDS = [b"test", b"admin", b"session", b"0", b"00000000000000000000000000", b"deleted", b"null", b"undefined"]
GUESSED_IDS += [str(number).encode() for number in range(1000)]


def hkdf(key, info):
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key)


def mac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def len8(data):
    return bytes([len(data)]) + data


def opened(key, nonce, sealed, data):
    try:
        return AESGCM(key).decrypt(nonce, sealed, data)
    except InvalidTag:
        return None


class Session:
    """What the metadata of a session say; there can be several of one session, in the log."""

    def __init__(self, address, plaintext):
        self.address, self.data_key = address, plaintext[1:33]
        self.numbers = struct.unpack_from(">9Q", plaintext, 33)
        self.version, self.created, self.last_seen, self.size = (self.numbers[index] for index in (0, 2, 3, 7))
        rest = plaintext[105:]
        self.successor, self.family, binding, self.group = rest[:32], rest[32:64], rest[64:106], rest[114:146]
        self.network, self.agent, self.user = binding[:18], binding[26:42], rest[147:]
        self.secrets = [self.successor, self.family, binding, self.network, self.agent, self.group, self.user, plaintext]


class Thief:
    def __init__(self, state, master):
        self.master = master
        directory = pathlib.Path(state) / "rocksdb"
        self.tables = rocksdb.tables(directory)
        self.values = {name: collections.defaultdict(set) for name in self.tables}
        # Column families are numbered in the order of their making; which is which is told by what opens.
        for name, entries in self.tables.items():
            for key, value in entries.items():
                self.values[name][key].add(value)
        self.logged = [(key, value) for _, key, value in rocksdb.logged(directory)]
        self.open_address_key()
        self.open_metadata()
        self.find_bodies()

    def open_address_key(self):
        wrapped = self.tables["default"][b"pool/" + POOL + b"/address-key"]
        self.wrapping = hkdf(self.master, b"cloakroom/1/wrap\0" + POOL)
        data = b"cloakroom/1/address-key" + len8(POOL)
        self.address_key = opened(self.wrapping, wrapped[8:20], wrapped[20:], data)
        self.root = hkdf(self.master, METADATA + b"\0" + POOL)

    def open_metadata(self):
        """Sessions and families of tokens, also those that the log has from before."""
        self.sessions, self.families = [], []
        candidates = {(key, value) for key, values in self.values["metadata"].items() for value in values}
        candidates |= {(key, value) for key, value in self.logged if len(key) == 32 and len(value) >= 169}
        for address, value in sorted(candidates):
            key = mac(self.root, address)
            for label in (METADATA, FAMILY):
                plaintext = opened(key, value[17:29], value[29:], label + value[:17] + len8(POOL) + address)
                if plaintext and label == METADATA:
                    self.sessions.append(Session(address, plaintext))
                elif plaintext:
                    self.families.append((address, plaintext))
        self.sealed = {value for _, value in candidates}

    def find_bodies(self):
        by_address = collections.defaultdict(set)
        for session in self.sessions:
            by_address[session.address].add(session.version)
        bodies = {(key, value) for key, values in self.values["body"].items() for value in values}
        bodies |= {(key, value) for key, value in self.logged if key in by_address and len(value) >= 37}
        # Metadata are at the same address in another column family: what opened is none.
        is_metadata = {value for key, values in self.values["metadata"].items() for value in values}
        self.bodies = [(a, v, sorted(by_address[a])) for a, v in sorted(bodies - {(a, v) for a, v in bodies if v in is_metadata})]

    def opens(self, key, body):
        address, value, versions = body
        for version in versions:
            data = b"cloakroom/1/body" + len8(POOL) + address + struct.pack(">Q", version)
            plaintext = opened(key, value[9:21], value[21:], data)
            if plaintext is not None:
                return plaintext
        return None

    def keys_of_everybody(self):
        """Everything of 32 bytes that is not one session's, and what follows from it."""
        keys = {self.master, self.wrapping, self.root, self.address_key, bytes(32)}
        for _, plaintext in self.families:
            keys |= {plaintext[1:33], plaintext[33:65]}
        infos = [label + tail for label in LABELS for tail in (b"", b"\0", b"\0" + POOL)]
        for key in [self.master, self.address_key, self.root, self.wrapping]:
            keys |= {hkdf(key, info) for info in infos} | {mac(key, info) for info in infos}
        return keys

    def guessed_ids(self, sessions, guesses):
        ids = set(guesses)
        for session in sessions:
            # Ids that a clock made, or that stand for the user.
            for text in (str(session.created), str(session.version), hex(session.version)[2:], session.user.decode(errors="replace")):
                raw = text.encode()
                ids |= {raw, hashlib.md5(raw).hexdigest().encode(), hashlib.sha1(raw).hexdigest().encode()}
                ids |= {hashlib.sha256(raw).hexdigest().encode(), base64.b64encode(raw).rstrip(b"=")}
        return ids

    def keys_of(self, address, guesses):
        """What follows from the data keys of a session and everything that is known of it."""
        sessions = [session for session in self.sessions if session.address == address]
        messages = {b"", address, POOL, len8(POOL), self.address_key, self.master}
        for name in NAMES:
            messages |= {name, len8(name), len8(name) + address}
        for session in sessions:
            messages |= set(session.secrets) | {struct.pack(">Q", number) for number in session.numbers}
        keys = {session.data_key for session in sessions} | {mac(self.root, address), mac(self.address_key, address), address}
        derived = set(keys)
        for key in keys:
            derived |= {mac(key, message) for message in messages} | {hkdf(key, label + b"\0" + POOL) for label in LABELS}
            derived |= {hashlib.sha256(key).digest(), hashlib.sha256(key + address).digest()}
        for session in sessions:
            derived |= {mac(key, session.data_key) for key in (self.master, self.root, self.address_key)}
            derived.add(bytes(a ^ b for a, b in zip(session.data_key, address)))
            derived |= {secret for secret in session.secrets if len(secret) == 32}
        references = {len8(name) + guess for name in NAMES for guess in self.guessed_ids(sessions, guesses)}
        return derived | {mac(data_key, each) for data_key in {s.data_key for s in sessions} for each in references}

    def try_everything(self, guesses):
        """The bodies that open with nothing but guesses of the id, and how many keys were tried."""
        common = self.keys_of_everybody() | {session.data_key for session in self.sessions}
        found, tried, own = [], 0, {}
        for body in self.bodies:
            if body[0] not in own:
                own[body[0]] = common | self.keys_of(body[0], guesses)
            tried += len(own[body[0]])
            found += [plaintext for key in own[body[0]] if (plaintext := self.opens(key, body)) is not None]
        return found, tried

    def nonces(self):
        """All nonces of what is sealed; one that is there twice under one key gives the contents away."""
        return [value[17:29] for value in self.sealed] + [value[9:21] for _, value, _ in self.bodies]


def text(plaintexts):
    return sorted({plaintext.decode(errors="backslashreplace") for plaintext in plaintexts})


def main(arguments):
    if len(arguments) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    thief = Thief(arguments[0], base64.b64decode(pathlib.Path(arguments[1]).read_text()))
    found, tried = thief.try_everything(GUESSED_IDS)
    nonces = thief.nonces()
    report = {
        "address_key": thief.address_key is not None,
        "sessions": len({session.address for session in thief.sessions}),
        "users": text(session.user for session in thief.sessions if session.user),
        "families": len({address for address, _ in thief.families}),
        "users_of_families": text({plaintext[124:] for _, plaintext in thief.families}),
        "bodies": len(thief.bodies),
        "addresses_of_bodies": len({address for address, _, _ in thief.bodies}),
        "keys_tried": tried,
        "opened": text(found),
        "repeated_nonces": len(nonces) - len(set(nonces)),
        "all_bytes": sorted(
            {piece.hex() for entries in thief.tables.values() for pair in entries.items() for piece in pair}
            | {piece.hex() for pair in thief.logged for piece in pair}
        ),
    }
    if len(arguments) == 3:
        # By the same way, or else a mistake in it would look like a success of the daemon.
        report["opened_with_id"] = text(thief.try_everything([arguments[2].encode()])[0])
    json.dump(report, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
