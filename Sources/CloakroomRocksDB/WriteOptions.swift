// SPDX-License-Identifier: Apache-2.0

import CRocksDB

/// The settings of a write. Sendable without a check, because nothing changes them after `init`.
final class WriteOptions: @unchecked Sendable {
    /// `rocksdb_writeoptions_t`.
    let pointer: OpaquePointer

    /// Writes that go through the write-ahead log, which is synced before the call returns if so asked.
    init(sync: Bool) {
        pointer = rocksdb_writeoptions_create()
        rocksdb_writeoptions_disable_WAL(pointer, 0)
        rocksdb_writeoptions_set_sync(pointer, sync ? 1 : 0)
    }

    deinit { rocksdb_writeoptions_destroy(pointer) }
}
