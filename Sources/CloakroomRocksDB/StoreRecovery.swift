// SPDX-License-Identifier: Apache-2.0

import CloakroomStore
import Glibc
import Synchronization

/// Opens the database again after a fault for which writes are refused, once the directory can be written to.
///
/// RocksDB ends such faults in no other way. What was acknowledged is in the write-ahead log, and found there: RocksDB
/// takes no further write once one has failed, so that nothing comes after the record of the failed one.
struct StoreRecovery {
    /// The time between two attempts.
    static let interval = Duration.seconds(2)

    private var backups: [RecordBackup] = []
    private var sequence: UInt64 = 0
    private var isReported = false

    /// Nothing was tried yet.
    init() {}

    /// Tries once. Answers whether there is nothing more to do: the store goes on, or is closed.
    mutating func attempt(on store: RocksDBStore) async -> Bool {
        guard !store.gate.isClosed else { return true }
        do throws(StoreError) {
            try DiskProbe(directory: store.directory).run()
            // What there was at the opening is only known to the database that is open.
            if store.gate.isOpen { try await Self.count(store) }
            try reopen(store)
            return true
        } catch {
            if !store.gate.isOpen, !store.gate.isClosed, !isReported {
                isReported = true
                store.report(.refusesReads(error))
            }
            return false
        }
    }

    private static func count(_ store: RocksDBStore) async throws(StoreError) {
        do throws(StoreError) {
            _ = try await store.usage()
        } catch {
            // Somebody who counts already is to come to an end. If the entries cannot be read, nobody will know them.
            if error.code == .busy { throw error }
        }
    }

    private mutating func reopen(_ store: RocksDBStore) throws(StoreError) {
        let fault = store.refusal.fault
        if fault?.isDamagedTable == true { store.compacts.store(false, ordering: .releasing) }
        var recovery = self
        var warnings: [String] = []
        defer { self = recovery }
        try store.gate.replace(
            prepare: { database throws(StoreError) in try recovery.leave(database, store.refusal) },
            open: { () throws(StoreError) in
                let opened = try recovery.open(store)
                warnings = opened.warnings
                return opened.database
            }
        )
        guard !store.gate.isClosed else { return }
        if let fault, !store.compacts.load(ordering: .acquiring) {
            warnings.append(
                "tables are not compacted until the next start, because one is damaged (\(fault.message)); sessions in it "
                    + "cannot be read, all others can"
            )
        }
        store.report(.resumed(warnings: warnings))
    }

    /// Takes from a database what is needed once it is closed.
    private mutating func leave(_ database: Database, _ refusal: WriteRefusal) throws(StoreError) {
        try database.checkPresence()
        var backups: [RecordBackup] = []
        for change in refusal.unfinished { backups.append(try RecordBackup(of: change, in: database)) }
        self.backups = backups
        sequence = database.sequence
    }

    private func open(_ store: RocksDBStore) throws(StoreError) -> (database: Database, warnings: [String]) {
        // Else RocksDB would make a new database where the old one is missing.
        guard access(store.path + "/CURRENT", F_OK) == 0 else {
            throw StoreError(.directory, "the files of the store in \(store.path) are gone; put them back")
        }
        let (database, warnings) = try RocksDBStore.open(
            store.path,
            directory: store.directory,
            compacts: store.compacts.load(ordering: .acquiring),
            clock: store.clock,
            share: store.share
        )
        try StoreFormat.check(database, directory: store.directory)
        let isWhole = database.sequence >= sequence
        let batch = WriteBatch(for: database)
        for backup in backups { backup.restore(in: batch) }
        try database.write(batch, store.syncedWrites)
        for backup in backups { for entry in backup.entries { store.expiry.written(entry) } }
        // What was counted at the opening stays what it was.
        database.releaseOpeningSnapshot()
        store.refusal.end()
        // That the log ends in the record of the failed write is how it must be, and nothing to warn of.
        return (database, isWhole ? [] : warnings + ["acknowledged changes are missing from the write-ahead log"])
    }
}

extension RocksDBStore {
    /// Refuses writes from now on, and goes on by itself once it can.
    func refuseWrites(_ fault: StoreError, unfinished change: UnfinishedChange? = nil) {
        guard refusal.begin(fault, unfinished: change) else { return }
        report(.refusesWrites(fault))
        Task.detached { [weak self] in
            var recovery = StoreRecovery()
            while true {
                try? await Task.sleep(for: StoreRecovery.interval)
                guard let self, await !recovery.attempt(on: self) else { return }
            }
        }
    }
}
