# SPDX-License-Identifier: Apache-2.0
"""What is in a copy of a RocksDB directory: by RocksDB's C library, and by reading its write-ahead log."""

import ctypes
import ctypes.util
import pathlib
import struct

BLOCK = 32768
HEADER = struct.Struct("<IHB")
VALUE, COLUMN_FAMILY_VALUE = 0x01, 0x05
# Tags of a batch by how many byte strings follow; of those with a column family its number comes first.
STRINGS = {0x00: 1, 0x01: 2, 0x02: 2, 0x03: 1, 0x07: 1, 0x0F: 2, 0x0D: 0, 0x09: 0, 0x0A: 1, 0x0B: 1, 0x0C: 1}
FAMILY_STRINGS = {0x04: 1, 0x05: 2, 0x06: 2, 0x08: 1, 0x0E: 2}


def library():
    name = ctypes.util.find_library("rocksdb")
    if not name:
        raise SystemExit("librocksdb is missing: make deps")
    found = ctypes.CDLL(name)
    pointers = (
        "options_create", "readoptions_create", "open_for_read_only_column_families", "list_column_families",
        "create_iterator_cf", "iter_key", "iter_value",
    )  # fmt: skip
    for function in pointers:
        getattr(found, f"rocksdb_{function}").restype = ctypes.c_void_p
    found.rocksdb_iter_valid.restype = ctypes.c_ubyte
    return found


def tables(directory):
    """All keys and values that a reader of the database sees: {column family: {key: value}}."""
    rocksdb, path, error = library(), str(directory).encode(), ctypes.c_char_p()
    options, count = ctypes.c_void_p(rocksdb.rocksdb_options_create()), ctypes.c_size_t()

    def must(what):
        if error.value:
            raise SystemExit(f"{directory}: {what}: {error.value.decode()}")

    listed = rocksdb.rocksdb_list_column_families(options, path, ctypes.byref(count), ctypes.byref(error))
    must("cannot list the column families")
    names = [ctypes.cast(listed, ctypes.POINTER(ctypes.c_char_p))[index] for index in range(count.value)]
    handles = (ctypes.c_void_p * len(names))()
    database = rocksdb.rocksdb_open_for_read_only_column_families(
        options, path, len(names), (ctypes.c_char_p * len(names))(*names), (ctypes.c_void_p * len(names))(*[options] * len(names)),
        handles, ctypes.c_ubyte(0), ctypes.byref(error),
    )  # fmt: skip
    must("cannot open it")
    found = {}
    read_options = ctypes.c_void_p(rocksdb.rocksdb_readoptions_create())
    for name, handle in zip(names, handles):
        entries = found[name.decode()] = {}
        iterator = ctypes.c_void_p(
            rocksdb.rocksdb_create_iterator_cf(ctypes.c_void_p(database), read_options, ctypes.c_void_p(handle))
        )
        rocksdb.rocksdb_iter_seek_to_first(iterator)
        while rocksdb.rocksdb_iter_valid(iterator):
            entries[piece(rocksdb.rocksdb_iter_key, iterator)] = piece(rocksdb.rocksdb_iter_value, iterator)
            rocksdb.rocksdb_iter_next(iterator)
        rocksdb.rocksdb_iter_get_error(iterator, ctypes.byref(error))
        must(f"cannot read {name.decode()}")
        rocksdb.rocksdb_iter_destroy(iterator)
    for handle in handles:
        rocksdb.rocksdb_column_family_handle_destroy(ctypes.c_void_p(handle))
    rocksdb.rocksdb_close(ctypes.c_void_p(database))
    return found


def piece(function, iterator):
    length = ctypes.c_size_t()
    return ctypes.string_at(function(iterator, ctypes.byref(length)), length.value)


def logged(directory):
    """All (column family's number, key, value) that were put and are still in the write-ahead log, also what was replaced later."""
    for path in sorted(pathlib.Path(directory).glob("*.log")):
        for batch in batches(path.read_bytes()):
            yield from puts(batch)


def batches(data):
    """The records of a log file (docs of RocksDB, "Write Ahead Log File Format")."""
    position, batch = 0, b""
    while position + HEADER.size <= len(data):
        room = BLOCK - position % BLOCK
        if room < HEADER.size:
            position += room
            continue
        _, length, kind = HEADER.unpack_from(data, position)
        recyclable = 4 if kind > 4 else 0  # the log's number follows
        if kind == 0:
            position += room
            continue
        start = position + HEADER.size + recyclable
        batch += data[start : start + length]
        position = start + length
        if (kind - 1) % 4 in (0, 3):  # whole, or the last part
            yield batch
            batch = b""


def puts(batch):
    position = 12  # a sequence number and a count

    def number():
        nonlocal position
        value = shift = 0
        while True:
            byte = batch[position]
            position += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def string():
        nonlocal position
        length = number()
        position += length
        return batch[position - length : position]

    while position < len(batch):
        tag = batch[position]
        position += 1
        if tag not in STRINGS and tag not in FAMILY_STRINGS:
            raise SystemExit(f"the write-ahead log has a record of kind {tag}, which this reader does not know")
        family = number() if tag in FAMILY_STRINGS else 0
        strings = [string() for _ in range(FAMILY_STRINGS.get(tag, STRINGS.get(tag, 0)))]
        if tag in (VALUE, COLUMN_FAMILY_VALUE):
            yield family, *strings
