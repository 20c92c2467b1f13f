// SPDX-License-Identifier: Apache-2.0

import CRocksDB
public import CloakroomStore
import Glibc

extension RocksDBStore: CheckpointStore {
    private var checkpoint: Checkpoint { Checkpoint(of: String(path.dropLast("/rocksdb".count))) }

    /// See ``CloakroomStore/CheckpointStore/makeCheckpoint()``. Tables and older write-ahead logs are hard links; of the
    /// newest log there is a copy, which may end in a part of a record that was just being written.
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
}

extension Database {
    /// Links the tables into a new directory, and copies manifest and write-ahead log.
    fileprivate func makeCheckpoint(at path: String) throws(StoreError) {
        let maker = try checked("preparing a checkpoint") { rocksdb_checkpoint_object_create(pointer, $0) }
        guard let maker else { throw StoreError(.inputOutput, "RocksDB made no checkpoint; restart cloakroomd") }
        defer { rocksdb_checkpoint_object_destroy(maker) }
        // The size of the log from which on RocksDB would write tables first. It must not: when a flush that somebody asks for meets one
        // that RocksDB has begun by itself, an assertion about their reasons ends the process (RocksDB 7.8 as Debian builds it). What is
        // in memory is in the logs too.
        try checked("making a checkpoint") { rocksdb_checkpoint_create(maker, path, .max, $0) }
    }
}
