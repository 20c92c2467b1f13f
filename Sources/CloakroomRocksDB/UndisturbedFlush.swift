// SPDX-License-Identifier: Apache-2.0

import CRocksDB
import CloakroomCore
import CloakroomStore
import Glibc
import Synchronization

/// Brings what is in memory into tables, and begins a compaction, while nothing is written.
///
/// A flush that is asked for, as a compaction asks for one, must not meet one that RocksDB has begun by itself because memory is full: with
/// atomic flushes it then ends the process by an assertion ("GetFlushReason", RocksDB 7.8). Without writes it begins none, and
/// with nothing in memory a compaction asks for none.
struct UndisturbedFlush {
    /// How long RocksDB may take for the flushes that it has begun itself.
    private static let patience = Duration.seconds(10)
    /// How long it may take from the call of a compaction to its beginning; it takes some microseconds.
    private static let beginning = Duration.milliseconds(50)
    /// The pause between two looks, in microseconds.
    private static let pause: UInt32 = 500

    private enum Phase {
        case called
        case ended
    }

    let database: Database

    /// Flushes.
    ///
    /// - Throws: ``StoreError``; with ``StoreError/Code/busy`` when RocksDB is not done with its own.
    func run() throws(StoreError) {
        database.writers.takeAlone()
        defer { database.writers.unlock() }
        try flush()
    }

    /// Flushes, and runs a compaction to its end. Writes are taken again once it has begun.
    ///
    /// - Throws: as ``run()``, and when there is no thread to be had.
    func run(before compaction: @escaping @Sendable () -> Void) throws(StoreError) {
        database.writers.takeAlone()
        do throws(StoreError) {
            try flush()
            let running = database.runningCompactions
            let phase = Locked<Phase?>(nil)
            try OwnThread.run {
                phase.withLock { $0 = .called }
                compaction()
                phase.withLock { $0 = .ended }
            } beside: { () throws(StoreError) in
                while phase.withLock({ $0 }) == nil { usleep(Self.pause) }
                let end = ContinuousClock.now.advanced(by: Self.beginning)
                while phase.withLock({ $0 }) == .called, database.runningCompactions <= running,
                    ContinuousClock.now < end
                {
                    usleep(Self.pause)
                }
                database.writers.unlock()
            }
        } catch {
            // Nothing is thrown after it was given back.
            database.writers.unlock()
            throw error
        }
    }

    private func flush() throws(StoreError) {
        let end = ContinuousClock.now.advanced(by: Self.patience)
        while database.hasFullMemory {
            guard ContinuousClock.now < end else {
                throw StoreError(.busy, "the store is busy writing tables; try again")
            }
            usleep(Self.pause)
        }
        let options = rocksdb_flushoptions_create()
        defer { rocksdb_flushoptions_destroy(options) }
        rocksdb_flushoptions_set_wait(options, 1)
        for family in ColumnFamily.allCases {
            try checked("writing tables of the store") {
                rocksdb_flush_cf(database.pointer, options, database.handle(family), $0)
            }
        }
    }
}

extension Database {
    /// Whether there is anything in memory that a flush was begun for, or is to be begun for.
    fileprivate var hasFullMemory: Bool {
        ColumnFamily.allCases.contains { number("rocksdb.num-immutable-mem-table", of: $0) > 0 }
    }

    fileprivate var runningCompactions: UInt64 { number("rocksdb.num-running-compactions", of: .properties) }
}
