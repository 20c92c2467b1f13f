// SPDX-License-Identifier: Apache-2.0

import CRocksDB

/// The settings of a read. Sendable without a check, because nothing changes them after `init` but ``bound(below:)`` and
/// ``leaveCacheAlone()``, which only the maker of a scan calls, before it shares them with nobody.
final class ReadOptions: @unchecked Sendable {
    /// `rocksdb_readoptions_t`.
    let pointer: OpaquePointer

    /// Reads that check what comes from disk.
    init() {
        pointer = rocksdb_readoptions_create()
        rocksdb_readoptions_set_verify_checksums(pointer, 1)
        // An iterator goes through all keys, also of a column family whose memtable is hashed.
        rocksdb_readoptions_set_total_order_seek(pointer, 1)
    }

    /// Reads of the state at a snapshot, which must outlive these options.
    convenience init(at snapshot: OpaquePointer) {
        self.init()
        rocksdb_readoptions_set_snapshot(pointer, snapshot)
    }

    deinit { rocksdb_readoptions_destroy(pointer) }

    /// Keeps what is read out of the block cache, which is for what requests need.
    func leaveCacheAlone() { rocksdb_readoptions_set_fill_cache(pointer, 0) }

    /// Ends iterations below a key, whose bytes RocksDB does not copy: they must outlive the iterator.
    func bound(below key: UnsafeRawBufferPointer) {
        let (start, length) = key.characters
        rocksdb_readoptions_set_iterate_upper_bound(pointer, start, length)
    }
}
