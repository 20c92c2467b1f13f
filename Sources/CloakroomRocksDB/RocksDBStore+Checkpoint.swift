// SPDX-License-Identifier: Apache-2.0

import CRocksDB
public import CloakroomStore
import Glibc

extension RocksDBStore: CheckpointStore {
    private var checkpoint: Checkpoint { Checkpoint(of: String(path.dropLast("/rocksdb".count))) }

    /// See ``CloakroomStore/CheckpointStore/prepareCheckpoint()``.
    public nonisolated(nonsending) func prepareCheckpoint() async throws(StoreError) {
        try await OwnThread.run { () throws(StoreError) in
            let database = try self.gate.enter()
            defer { self.gate.leave() }
            try self.refusal.check()
            try self.flush(database)
        }
    }

    /// See ``CloakroomStore/CheckpointStore/makeCheckpoint()``. Tables are hard links; of the write-ahead log there is a copy of what
    /// was written since ``prepareCheckpoint()``.
    public nonisolated(nonsending) func makeCheckpoint() async throws(StoreError) -> String {
        let checkpoint = checkpoint
        try await OwnThread.run { () throws(StoreError) in
            try checkpoint.remove()
            let database = try self.gate.enter()
            defer { self.gate.leave() }
            try self.refusal.check()
            do throws(StoreError) {
                try database.makeCheckpoint(at: checkpoint.path)
            } catch {
                // What failed were links and copies. The database itself is as it was.
                try? checkpoint.remove()
                throw error
            }
        }
        return try checkpoint.absolutePath()
    }

    /// See ``CloakroomStore/CheckpointStore/removeCheckpoint()``.
    public func removeCheckpoint() throws(StoreError) { try checkpoint.remove() }

    /// Brings what is in memory into tables.
    func flush(_ database: Database) throws(StoreError) {
        do throws(StoreError) {
            try database.flush()
        } catch {
            // RocksDB takes no more writes then.
            if [.inputOutput, .corruption].contains(error.code) { refuseWrites(error) }
            throw error
        }
    }
}

extension Database {
    /// Links the tables into a new directory, and copies manifest and write-ahead log.
    fileprivate func makeCheckpoint(at path: String) throws(StoreError) {
        let maker = try checked("preparing a checkpoint") { rocksdb_checkpoint_object_create(pointer, $0) }
        guard let maker else { throw StoreError(.inputOutput, "RocksDB made no checkpoint; restart cloakroomd") }
        defer { rocksdb_checkpoint_object_destroy(maker) }
        // The size of the log from which on RocksDB flushes first. It was flushed already, by a call whose failure can be told from one
        // of the checkpoint.
        try checked("making a checkpoint") { rocksdb_checkpoint_create(maker, path, .max, $0) }
    }
}
