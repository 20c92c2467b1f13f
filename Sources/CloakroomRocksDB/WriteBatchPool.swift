// SPDX-License-Identifier: Apache-2.0

import CRocksDB
import CloakroomCore

/// Empty batches that were used before: they have memory for the next changes, which a new batch would have to ask for in
/// five steps.
///
/// Sendable without a check, because a batch has one user at a time.
final class WriteBatchPool: @unchecked Sendable {
    /// A batch that has grown beyond this is not kept.
    private static let greatestSize = 64 << 10
    /// As many as threads may be writing.
    private static let greatestCount = 16

    private struct Batch: @unchecked Sendable {
        /// `rocksdb_writebatch_t`.
        let pointer: OpaquePointer
    }

    private let idle = Locked<[Batch]>([])

    init() {}

    /// An empty batch.
    func take() -> OpaquePointer {
        idle.withLock { $0.popLast() }?.pointer ?? rocksdb_writebatch_create()
    }

    /// Takes a batch back.
    func giveBack(_ pointer: OpaquePointer) {
        var size = 0
        _ = rocksdb_writebatch_data(pointer, &size)
        guard size <= Self.greatestSize else { return rocksdb_writebatch_destroy(pointer) }
        rocksdb_writebatch_clear(pointer)
        let batch = Batch(pointer: pointer)
        let isKept = idle.withLock { idle in
            guard idle.count < Self.greatestCount else { return false }
            idle.append(batch)
            return true
        }
        if !isKept { rocksdb_writebatch_destroy(pointer) }
    }

    deinit { for batch in idle.withLock({ $0 }) { rocksdb_writebatch_destroy(batch.pointer) } }
}
