#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/record-format.md a second time, on Python's cryptography package (Debian: python3-cryptography).

record_format.py --write FILE   computes the vectors and writes them
record_format.py --check FILE   computes everything in FILE again from its inputs; exit status 1 if anything differs
record_format.py --open         reads one JSON object of stored values from standard input and prints what they hold
"""

import hashlib
import hmac
import json
import struct
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORMAT = 1
NUMBERS = (
    "version", "write_token", "created", "last_seen", "lifetime", "expiry_slot", "body_expires", "size", "retired",
)  # fmt: skip
# Behind the numbers: the addresses of the successor and of the family of tokens, the binding as version, prefix, network, family and
# agent, and since when the session is a user's, whose group and name follow.
FIELDS = struct.Struct(">9Q32s32sBB16s8s16sQ")
BINDING = ("binding_version", "binding_prefix", "binding_network", "binding_family", "binding_agent")


def hkdf(key, info, length=32):
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(key)


def mac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def len8(data):
    return bytes([len(data)]) + data


def header(expires):
    return struct.pack(">BQ", FORMAT, expires)


def group(address_key, user):
    return mac(address_key, b"\0user" + user)


def reference(name, session_id):
    return len8(name) + session_id


class Keys:
    """What a master key gives for a pool."""

    def __init__(self, master, pool):
        self.pool = pool
        self.id = hkdf(master, b"cloakroom/1/key-id", 8)
        self.metadata_root = hkdf(master, b"cloakroom/1/metadata\0" + pool)
        self.wrapping = hkdf(master, b"cloakroom/1/wrap\0" + pool)

    def metadata(self, address):
        return mac(self.metadata_root, address)

    def wrap_data(self):
        return b"cloakroom/1/address-key" + len8(self.pool)

    def metadata_data(self, head, address):
        return b"cloakroom/1/metadata" + head + self.id + len8(self.pool) + address

    def body_data(self, address, version):
        return b"cloakroom/1/body" + len8(self.pool) + address + struct.pack(">Q", version)


def compute(inputs):
    """Everything that follows from a case's inputs."""
    raw = {name: bytes.fromhex(value) for name, value in inputs.items() if isinstance(value, str)}
    keys = Keys(raw["master_key"], raw["pool"])
    ref = reference(raw["session_name"], raw["session_id"])
    address = mac(raw["address_key"], ref)
    body_key = mac(raw["data_key"], ref)
    wrapped = AESGCM(keys.wrapping).encrypt(raw["wrap_nonce"], raw["address_key"], keys.wrap_data())

    numbers = dict(inputs, size=len(raw["body"]))
    binding = [raw.get(name, inputs[name]) for name in BINDING]
    fields = FIELDS.pack(*(numbers[name] for name in NUMBERS), raw["successor"], raw["token_family"], *binding, inputs["identified"])
    fields += (group(raw["address_key"], raw["user"]) if raw["user"] else bytes(32)) + len8(raw["user"])
    plaintext = bytes([FORMAT]) + raw["data_key"] + fields
    head = header(inputs["deadline"])
    metadata = AESGCM(keys.metadata(address)).encrypt(
        raw["metadata_nonce"], plaintext, keys.metadata_data(head, address)
    )
    body = AESGCM(body_key).encrypt(raw["body_nonce"], raw["body"], keys.body_data(address, inputs["version"]))
    outputs = {
        "key_id": keys.id,
        "metadata_root": keys.metadata_root,
        "wrapping_key": keys.wrapping,
        "wrapped_address_key": keys.id + raw["wrap_nonce"] + wrapped,
        "reference": ref,
        "address": address,
        "group": group(raw["address_key"], raw["user"]) if raw["user"] else bytes(32),
        "metadata_key": keys.metadata(address),
        "body_key": body_key,
        "metadata": head + keys.id + raw["metadata_nonce"] + metadata,
        "body": header(inputs["body_expires"]) + raw["body_nonce"] + body,
    }
    return {name: value.hex() for name, value in outputs.items()}


# Of a family of tokens, behind the format: the digests of the present secret and of the one before, when that was replaced, when the
# first was issued, and the binding. The user follows.
FAMILY = struct.Struct(">32s32sQQBB16s8s16s")


def token_digest(address_key, token):
    return mac(address_key, b"\0remember-secret\0" + token)


def compute_family(inputs):
    """Everything that follows from the inputs of a family of tokens."""
    raw = {name: bytes.fromhex(value) for name, value in inputs.items() if isinstance(value, str)}
    keys = Keys(raw["master_key"], raw["pool"])
    address = mac(raw["address_key"], b"\0remember\0" + raw["token"][:16])
    digest = token_digest(raw["address_key"], raw["token"])
    previous = token_digest(raw["address_key"], raw["token"][:16] + raw["previous"]) if raw["previous"] else bytes(32)
    binding = [raw.get(name, inputs[name]) for name in BINDING]
    fields = FAMILY.pack(digest, previous, inputs["replaced"], inputs["created"], *binding)
    plaintext = bytes([FORMAT]) + fields + len8(raw["user"])
    head = header(inputs["deadline"])
    data = b"cloakroom/1/remember" + head + keys.id + len8(keys.pool) + address
    wrapped = AESGCM(keys.wrapping).encrypt(raw["wrap_nonce"], raw["address_key"], keys.wrap_data())
    outputs = {
        "wrapped_address_key": keys.id + raw["wrap_nonce"] + wrapped,
        "address": address,
        "group": mac(raw["address_key"], b"\0remember-user\0" + raw["user"]),
        "digest": digest,
        "record": head + keys.id + raw["nonce"] + AESGCM(keys.metadata(address)).encrypt(raw["nonce"], plaintext, data),
    }
    return {name: value.hex() for name, value in outputs.items()}


def take(value, *lengths):
    """The first pieces of a value, and the rest."""
    pieces = []
    for length in lengths:
        if len(value) < length:
            raise ValueError("truncated")
        pieces.append(value[:length])
        value = value[length:]
    return (*pieces, value)


def open_values(stored):
    """What stored values hold; InvalidTag or ValueError when they are not what they should be."""
    raw = {name: bytes.fromhex(value) for name, value in stored.items()}
    keys = Keys(raw["master_key"], raw["pool"])
    ref = reference(raw["session_name"], raw["session_id"])

    key_id, nonce, sealed = take(raw["wrapped_address_key"], 8, 12)
    if key_id != keys.id:
        raise ValueError("the address key names another master key")
    address = mac(AESGCM(keys.wrapping).decrypt(nonce, sealed, keys.wrap_data()), ref)

    head, key_id, nonce, sealed = take(raw["metadata"], 9, 8, 12)
    if key_id != keys.id or not 297 <= len(raw["metadata"]) <= 552:
        raise ValueError("the metadata names another master key, or has another length")
    plaintext = AESGCM(keys.metadata(address)).decrypt(nonce, sealed, keys.metadata_data(head, address))
    if plaintext[0] != FORMAT:
        raise ValueError("the metadata is of another format")
    data_key = plaintext[1:33]
    fields, user_group, length, user = take(plaintext[33:], FIELDS.size, 32, 1)
    if len8(user)[:1] != length:
        raise ValueError("the user's name has another length")
    found = dict(zip((*NUMBERS, "successor", "token_family", *BINDING, "identified"), FIELDS.unpack(fields)))
    found.update(group=user_group, user=user)
    found = {name: value.hex() if isinstance(value, bytes) else value for name, value in found.items()}
    found["deadline"] = struct.unpack(">BQ", head)[1]

    head, nonce, sealed = take(raw["body"], 9, 12)
    if head != header(found["body_expires"]):
        raise ValueError("the body's header is not what the metadata says")
    body = AESGCM(mac(data_key, ref)).decrypt(nonce, sealed, keys.body_data(address, found["version"]))
    return dict(found, address=address.hex(), data_key=data_key.hex(), body=body.hex())


def pattern(label, length):
    """Fixed bytes that look random: SHA-256 of the label and a counter."""
    blocks = (hashlib.sha256(f"{label}/{index}".encode()).digest() for index in range(length // 32 + 1))
    return b"".join(blocks)[:length]


def case(title, name, session_id, size, pool=b"default", user=b"alice", **numbers):
    times = {
        "version": 1_700_000_000_123_456,
        "write_token": 0x0123456789ABCDEF,
        "created": 1_700_000_000,
        "last_seen": 1_700_000_300,
        "lifetime": 1440,
        "deadline": 1_700_001_740,
        "expiry_slot": 1_700_001_792,
        "body_expires": 1_700_003_000,
        "retired": 1_700_000_360,
        "binding_version": 4,
        "binding_prefix": 16,
        "identified": 1_700_000_200,
    }
    inputs = {
        "pool": pool.hex(),
        "master_key": pattern(title + "/master", 32).hex(),
        "address_key": pattern(title + "/address", 32).hex(),
        "wrap_nonce": pattern(title + "/wrap", 12).hex(),
        "session_name": name.hex(),
        "session_id": session_id.hex(),
        "data_key": pattern(title + "/data", 32).hex(),
        "metadata_nonce": pattern(title + "/metadata", 12).hex(),
        "body_nonce": pattern(title + "/body", 12).hex(),
        "body": pattern(title + "/contents", size).hex(),
        "successor": pattern(title + "/successor", 32).hex(),
        "token_family": pattern(title + "/token family", 32).hex(),
        "binding_network": pattern(title + "/network", 16).hex(),
        "binding_family": pattern(title + "/family", 8).hex(),
        "binding_agent": pattern(title + "/agent", 16).hex(),
        "user": user.hex(),
        **{**times, **numbers},
    }
    return {"title": title, "inputs": inputs, "outputs": compute(inputs)}


def cases():
    greatest = 2**64 - 1
    return [
        case("empty body", b"PHPSESSID", b"5o3dg7q1r7b2n4kq8v1c6m9t0a", 0),
        case("one byte", b"PHPSESSID", b"0123456789abcdef0123456789abcdef", 1),
        case("2048 bytes", b"app_session", b"ZZZZ,zzzz-0000,9999-AAAA,aaaa-55", 2048, user=b"", identified=0),
        case("shortest name and id", b"A", b"b", 16, user=b"\0"),
        case("longest name and id", bytes(range(1, 256)), b"x" * 256, 33, user=bytes(range(255))),
        case("shared concatenation, first", b"AB", b"C", 5),
        case("shared concatenation, second", b"A", b"BC", 5),
        case(
            "greatest numbers", b"PHPSESSID", b"greatest", 7, version=greatest, write_token=greatest, created=greatest,
            last_seen=greatest, lifetime=greatest, deadline=greatest, expiry_slot=greatest, body_expires=greatest, retired=greatest,
            binding_version=255, binding_prefix=255, identified=greatest,
        ),
        case(
            "least numbers", b"PHPSESSID", b"least", 7, version=0, write_token=0, created=0, last_seen=0, lifetime=0,
            deadline=0, expiry_slot=0, body_expires=0, retired=0, binding_version=0, binding_prefix=0,
            successor=bytes(32).hex(), token_family=bytes(32).hex(), binding_network=bytes(16).hex(), binding_family=bytes(8).hex(),
            binding_agent=bytes(16).hex(), user=b"", identified=0,
        ),
    ]


def family(title, user, **numbers):
    """A family of tokens."""
    times = {
        "created": 1_700_000_000,
        "deadline": 1_702_592_000,
        "replaced": 1_700_086_400,
        "binding_version": 4,
        "binding_prefix": 16,
    }
    inputs = {
        "pool": b"default".hex(),
        "master_key": pattern(title + "/master", 32).hex(),
        "address_key": pattern(title + "/address", 32).hex(),
        "wrap_nonce": pattern(title + "/wrap", 12).hex(),
        "nonce": pattern(title + "/nonce", 12).hex(),
        "token": pattern(title + "/token", 48).hex(),
        "previous": pattern(title + "/previous", 32).hex(),
        "binding_network": pattern(title + "/network", 16).hex(),
        "binding_family": pattern(title + "/family", 8).hex(),
        "binding_agent": pattern(title + "/agent", 16).hex(),
        "user": user.hex(),
        **{**times, **numbers},
    }
    return {"title": title, "inputs": inputs, "outputs": compute_family(inputs)}


def families():
    greatest = 2**64 - 1
    return [
        family("replaced once", b"alice"),
        family("the first token", b"\0", previous="", replaced=0),
        family("longest name, greatest numbers", bytes(range(255)), created=greatest, deadline=greatest, replaced=greatest),
        family(
            "bound to nothing", b"bob", binding_version=0, binding_prefix=0, binding_network=bytes(16).hex(),
            binding_family=bytes(8).hex(), binding_agent=bytes(16).hex(),
        ),
    ]


def other_pool_case():
    """The "one byte" case, same keys, nonces and contents, in another pool: its values must not open in `default`."""
    return case("one byte", b"PHPSESSID", b"0123456789abcdef0123456789abcdef", 1, pool=b"shop")


def write(path):
    vectors = {"format": FORMAT, "cases": cases(), "families": families(), "other_pool": other_pool_case()}
    with open(path, "w", encoding="ascii") as file:
        json.dump(vectors, file, indent=2)
        file.write("\n")
    return 0


def check(path):
    with open(path, encoding="ascii") as file:
        stored = json.load(file)
    if stored["format"] != FORMAT or not stored["cases"] or not stored["families"]:
        print(f"{path}: no cases of format {FORMAT}", file=sys.stderr)
        return 1
    wrong = 0
    entries = [(entry, compute) for entry in [*stored["cases"], stored["other_pool"]]]
    for entry, computing in entries + [(entry, compute_family) for entry in stored["families"]]:
        computed = computing(entry["inputs"])
        for name in sorted(set(computed) | set(entry["outputs"])):
            if computed.get(name) != entry["outputs"].get(name):
                print(f"{path}: {entry['title']}: {name} differs", file=sys.stderr)
                wrong += 1
    return 1 if wrong else 0


def open_input():
    try:
        json.dump(open_values(json.load(sys.stdin)), sys.stdout)
    except InvalidTag:
        print("not authentic", file=sys.stderr)
        return 1
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print()
    return 0


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "--write":
        return write(arguments[1])
    if len(arguments) == 2 and arguments[0] == "--check":
        return check(arguments[1])
    if arguments == ["--open"]:
        return open_input()
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
