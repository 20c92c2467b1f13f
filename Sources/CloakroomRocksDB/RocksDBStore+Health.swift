// SPDX-License-Identifier: Apache-2.0

import CRocksDB
import CloakroomCore
public import CloakroomStore
import Glibc

extension RocksDBStore {
    /// See ``CloakroomStore/SessionStore/health()``. It takes some 10 µs, and a look at the directory.
    public func health() -> StoreHealth {
        var health = StoreHealth(
            writes: .taken,
            disk: disk,
            sinceSync: lastSync.withLock { $0 }.map { $0.duration(to: .now) },
            isPowerSafe: durability == .power
        )
        do throws(StoreError) {
            let database = try gate.enter()
            defer { gate.leave() }
            health.engine = database.figures
            health.writes = database.writes
        } catch {
            health.writes = .refused(error.message)
        }
        if let fault = refusal.fault { health.writes = .refused(fault.message) }
        return health
    }

    private var disk: StoreHealth.Disk? {
        var found = statvfs()
        guard statvfs(directory, &found) == 0 else { return nil }
        let unit = UInt64(found.f_frsize)
        return StoreHealth.Disk(free: UInt64(found.f_bavail) * unit, size: UInt64(found.f_blocks) * unit)
    }
}

extension Database {
    /// What RocksDB says of itself (`rocksdb/db.h`, `DB::Properties`).
    fileprivate var figures: StoreHealth.Engine {
        var figures = StoreHealth.Engine()
        figures.records = number("rocksdb.estimate-num-keys", of: .metadata)
        for family in ColumnFamily.allCases {
            figures.fileBytes += number("rocksdb.live-sst-files-size", of: family)
            figures.pendingCompactionBytes += number("rocksdb.estimate-pending-compaction-bytes", of: family)
            figures.backgroundErrors = max(figures.backgroundErrors, number("rocksdb.background-errors", of: family))
        }
        figures.fileBytes += logBytes
        // Of the database as a whole.
        figures.compactions = number("rocksdb.num-running-compactions", of: .properties)
        return figures
    }

    fileprivate var writes: StoreHealth.Writes {
        if number("rocksdb.is-write-stopped", of: .properties) != 0 { return .stopped }
        return number("rocksdb.actual-delayed-write-rate", of: .properties) != 0 ? .slowed : .taken
    }

    /// A figure of RocksDB's (`rocksdb/db.h`, `DB::Properties`).
    func number(_ name: String, of family: ColumnFamily) -> UInt64 {
        var value: UInt64 = 0
        // It fails for names that are not known, only.
        guard rocksdb_property_int_cf(pointer, handle(family), name, &value) == 0 else { return 0 }
        return value
    }
}
