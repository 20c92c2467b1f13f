// SPDX-License-Identifier: Apache-2.0

import CRocksDB
import CloakroomCore
import Glibc

/// The compaction filter that drops records whose time has passed (`rocksdb/compaction_filter.h`).
final class ExpiredRecordFilter {
    /// Seconds that a record stays beyond its time, so that a request that has just found it alive still finds its body.
    static let margin: UInt64 = 60

    /// `rocksdb_compactionfilter_t`. RocksDB calls it from its own threads until the database is closed.
    let pointer: OpaquePointer

    private static let name: StaticString = "cloakroom.expired"

    /// Makes the filter; it has no state.
    init() {
        pointer = rocksdb_compactionfilter_create(
            nil,
            { _ in },
            { _, _, _, _, value, length, _, _, _ in
                ExpiredRecordFilter.drops(UnsafeRawBufferPointer(start: value, count: length)) ? 1 : 0
            },
            { _ in UnsafeRawPointer(ExpiredRecordFilter.name.utf8Start).assumingMemoryBound(to: CChar.self) }
        )
    }

    deinit { rocksdb_compactionfilter_destroy(pointer) }

    /// Whether a stored value can go. It runs once for each record of a compaction, hence words instead of a
    /// `RecordHeader` over a collection. What it does not understand it keeps.
    private static func drops(_ value: UnsafeRawBufferPointer) -> Bool {
        guard value.count >= RecordHeader.length, value[0] == RecordHeader.format else { return false }
        let expires = UInt64(bigEndian: value.loadUnaligned(fromByteOffset: 1, as: UInt64.self))
        var now = timespec()
        guard clock_gettime(CLOCK_REALTIME, &now) == 0, now.tv_sec >= 0 else { return false }
        let (end, overflow) = expires.addingReportingOverflow(margin)
        return !overflow && end < UInt64(now.tv_sec)
    }
}
