// SPDX-License-Identifier: Apache-2.0

import CRocksDB
import CloakroomCore
public import CloakroomStore
import Glibc

/// Leaves nothing on the disk of the metadata and properties that were replaced or removed: neither in the write-ahead log nor in
/// table files. What RocksDB still needs of them is in new files then, and the old ones are gone.
struct Erasure {
    /// Metadata compacted in one go, while which whoever closes the store waits: about a second.
    private static let slice: UInt64 = 256 << 20
    /// How long RocksDB may take to remove files that nobody needs any more; it does so at once, in the background.
    private static let removalTime = Duration.seconds(30)
    /// The pause between two looks at the files.
    private static let pause: UInt32 = 5000

    private static let families: [ColumnFamily] = [.properties, .metadata]

    /// The store.
    let store: RocksDBStore

    /// Erases, which takes a thread for as long.
    ///
    /// - Throws: ``StoreError`` when something may be left.
    func run() throws(StoreError) {
        let logs = try within { database throws(StoreError) in try database.writtenLogs() }
        try within { database throws(StoreError) in
            do throws(StoreError) {
                try UndisturbedFlush(database: database).run()
            } catch {
                // RocksDB takes no more writes then.
                if [.inputOutput, .corruption].contains(error.code) { store.refuseWrites(error) }
                throw error
            }
        }
        let tables = try within { database throws(StoreError) in database.tables(of: Self.families) }
        let bytes = tables.reduce(0) { $0 + $1.bytes }
        let slices = min(bytes / Self.slice + 1, 256)
        for family in Self.families {
            for slice in 0..<slices {
                try within { database throws(StoreError) in
                    try UndisturbedFlush(database: database).run {
                        database.rewrite(family, from: Self.bound(slice, slices), to: Self.bound(slice + 1, slices))
                    }
                }
            }
        }
        try waitForEnd(of: logs + tables.map(\.name))
    }

    private func within<Value>(_ body: (Database) throws(StoreError) -> Value) throws(StoreError) -> Value {
        let database = try store.gate.enter()
        defer { store.gate.leave() }
        try store.refusal.check()
        return try body(database)
    }

    /// The key at which a slice begins; `nil`: there is none before, or none behind.
    private static func bound(_ slice: UInt64, _ slices: UInt64) -> [UInt8]? {
        guard slice > 0, slice < slices else { return nil }
        let word = slice * 0x1_0000 / slices
        return [UInt8(truncatingIfNeeded: word >> 8), UInt8(truncatingIfNeeded: word)]
    }

    // A compaction that failed says nothing, but the files that it was to replace are still there.
    private func waitForEnd(of names: [String]) throws(StoreError) {
        let end = ContinuousClock.now.advanced(by: Self.removalTime)
        var left = names
        while true {
            left.removeAll { access(store.path + "/" + $0, F_OK) != 0 }
            if left.isEmpty { return }
            guard ContinuousClock.now < end else { break }
            try within { _ in }
            usleep(Self.pause)
        }
        throw StoreError(
            .inputOutput,
            "\(left.count) old files of the store (\(left[0])) are still there after it was compacted, and may hold what was sealed "
                + "under an old key: check the disk, its free space and the log, and try again"
        )
    }
}

extension RocksDBStore {
    /// See ``CloakroomStore/SessionStore/eraseReplaced()``. It adds up what there was at the opening first, if nobody has, as that keeps
    /// what was replaced since (``usage()``).
    public nonisolated(nonsending) func eraseReplaced() async throws(StoreError) {
        while true {
            do throws(StoreError) {
                _ = try await usage()
                break
            } catch {
                guard error.code == .busy else { throw error }
            }
            do { try await Task.sleep(for: .milliseconds(10)) } catch {
                throw StoreError(.cancelled, "removing old values from the disk was cancelled")
            }
        }
        try await OwnThread.run { () throws(StoreError) in try Erasure(store: self).run() }
    }
}

extension Database {
    /// Writes all tables of a column family anew from a key to another one, with the newest version of each key only.
    fileprivate func rewrite(_ family: ColumnFamily, from start: [UInt8]?, to end: [UInt8]?) {
        let options = rocksdb_compactoptions_create()
        defer { rocksdb_compactoptions_destroy(options) }
        // Else the bodies, which change with every request, would not be compacted meanwhile.
        rocksdb_compactoptions_set_exclusive_manual_compaction(options, 0)
        // BottommostLevelCompaction::kForceOptimized (`rocksdb/options.h`): the last level too, each table once.
        rocksdb_compactoptions_set_bottommost_level_compaction(options, 3)
        // Copied, as a key may be `nil` and its bytes have to stay where they are.
        let keys = (start ?? []) + (end ?? [])
        keys.withUnsafeBytes { keys in
            let (first, _) = keys.characters
            rocksdb_compact_range_cf_opt(
                pointer,
                handle(family),
                options,
                start == nil ? nil : first,
                start?.count ?? 0,
                end == nil ? nil : first.map { $0 + (start?.count ?? 0) },
                end?.count ?? 0
            )
        }
    }

    /// The tables of some column families: their files' names and sizes.
    fileprivate func tables(of families: [ColumnFamily]) -> [(name: String, bytes: UInt64)] {
        let files = rocksdb_livefiles(pointer)
        defer { rocksdb_livefiles_destroy(files) }
        let names = Set(families.map { "\($0.name)" })
        return (0..<rocksdb_livefiles_count(files)).compactMap { index in
            guard let family = rocksdb_livefiles_column_family_name(files, index),
                names.contains(String(cString: family)),
                let name = rocksdb_livefiles_name(files, index)
            else { return nil }
            // RocksDB's names begin with a slash.
            return (String(String(cString: name).drop { $0 == "/" }), UInt64(rocksdb_livefiles_size(files, index)))
        }
    }
}
