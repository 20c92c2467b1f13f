// SPDX-License-Identifier: Apache-2.0

import CRocksDB
import CloakroomCore

/// The compaction filter that drops records whose time has passed (`rocksdb/compaction_filter.h`).
final class ExpiredRecordFilter {
    /// Seconds that a record stays beyond its time, so that a request that has just found it alive still finds its body.
    static let margin: UInt64 = 60

    /// `rocksdb_compactionfilter_t`. RocksDB calls it from its own threads until the database is closed.
    let pointer: OpaquePointer

    private static let name: StaticString = "cloakroom.expired"

    private let clock: CompactionClock

    /// Makes a filter that goes by `clock`.
    init(_ clock: CompactionClock) {
        self.clock = clock
        pointer = rocksdb_compactionfilter_create(
            // Whoever keeps the filter keeps the clock.
            Unmanaged.passUnretained(clock).toOpaque(),
            { _ in },
            { state, _, _, _, value, length, _, _, _ in
                guard let state else { return 0 }
                let now = Unmanaged<CompactionClock>.fromOpaque(state).takeUnretainedValue().now()
                let value = UnsafeRawBufferPointer(start: value, count: length)
                return ExpiredRecordFilter.drops(value, now: now) ? 1 : 0
            },
            { _ in UnsafeRawPointer(ExpiredRecordFilter.name.utf8Start).assumingMemoryBound(to: CChar.self) }
        )
    }

    deinit { rocksdb_compactionfilter_destroy(pointer) }

    /// Whether a stored value can go. It runs once for each record of a compaction, hence words instead of a
    /// `RecordHeader` over a collection. What it does not understand it keeps.
    private static func drops(_ value: UnsafeRawBufferPointer, now: UnixTime) -> Bool {
        guard value.count >= RecordHeader.length, value[0] == RecordHeader.format else { return false }
        let expires = UInt64(bigEndian: value.loadUnaligned(fromByteOffset: 1, as: UInt64.self))
        let (end, overflow) = expires.addingReportingOverflow(margin)
        return !overflow && end < now.seconds
    }
}
