// SPDX-License-Identifier: Apache-2.0

import CRocksDB
import CloakroomCore
import CloakroomStore
import Synchronization

/// An open RocksDB database with its column families. It owns their handles too, as they must go before the database.
///
/// Sendable without a check, because a `rocksdb_t` may be used by any number of threads (`rocksdb/db.h`), and nothing
/// here changes after `init`.
final class Database: @unchecked Sendable {
    /// `rocksdb_t`.
    let pointer: OpaquePointer
    // `rocksdb_column_family_handle_t`, one for each column family, in order.
    private let handles: [OpaquePointer]
    // RocksDB uses the compaction filters in them until it is closed.
    private let options: [DatabaseOptions]
    private let reads = ReadOptions()
    private let log: WriteAheadLog
    /// Batches for changes.
    let batches = WriteBatchPool()
    // The state when the database was opened, until nobody needs it any more.
    private let opening: OpaquePointer?
    /// Shared by each write; who has it alone keeps writes out.
    let writers = ReadWriteLock()
    private let hasOpening = Atomic<Bool>(true)
    private let isOpen = Atomic<Bool>(true)

    /// Opens, and if need be makes, the database in a directory.
    ///
    /// - Parameters:
    ///   - path: the database's directory.
    ///   - directory: the state directory, for messages.
    ///   - recovery: what to do about a damaged write-ahead log.
    ///   - compacts: whether table files are compacted in the background.
    ///   - clock: tells compaction the time.
    ///   - share: what it may take.
    /// - Throws: ``StoreError``; with code ``StoreError/Code/corruption`` when the write-ahead log or a file is damaged.
    init(
        path: String,
        directory: String,
        recovery: LogRecovery,
        compacts: Bool = true,
        clock: CompactionClock = .system,
        share: StoreShare = StoreShare(stores: 1)
    ) throws(StoreError) {
        let cache = BlockCache(bytes: share.cacheSize)
        let options = ColumnFamily.allCases.map {
            DatabaseOptions($0, recovery: recovery, compacts: compacts, clock: clock, share: share, cache: cache)
        }
        let names = ColumnFamily.allCases.map {
            Optional(UnsafeRawPointer($0.name.utf8Start).assumingMemoryBound(to: CChar.self))
        }
        let settings = options.map { Optional($0.pointer) }
        var handles = [OpaquePointer?](repeating: nil, count: names.count)
        let (pointer, status) = outcome {
            rocksdb_open_column_families(
                settings[0],
                path,
                Int32(names.count),
                names,
                settings,
                &handles,
                $0
            )
        }
        if let status { throw StoreError(openStatus: status, directory: directory) }
        guard let pointer else { throw StoreError(openStatus: "no database", directory: directory) }
        self.pointer = pointer
        log = WriteAheadLog(directory: path)
        opening = rocksdb_create_snapshot(pointer)
        self.handles = handles.compactMap(\.self)
        self.options = options
    }

    deinit { close() }

    /// Closes the database, in which nobody may be any more; nobody may enter it again.
    func close() {
        guard isOpen.exchange(false, ordering: .acquiringAndReleasing) else { return }
        releaseOpeningSnapshot()
        for handle in handles { rocksdb_column_family_handle_destroy(handle) }
        rocksdb_close(pointer)
    }

    /// The handle of a column family, `rocksdb_column_family_handle_t`.
    func handle(_ family: ColumnFamily) -> OpaquePointer { handles[family.rawValue] }

    /// A number that grows with every write.
    var sequence: UInt64 { rocksdb_get_latest_sequence_number(pointer) }

    /// The value at a key, copied once, or `nil`.
    func value(
        at key: UnsafeRawBufferPointer,
        in family: ColumnFamily,
        options: ReadOptions? = nil
    ) throws(StoreError) -> [UInt8]? {
        let (start, length) = key.characters
        let slice = try checked("reading from the store") {
            rocksdb_get_pinned_cf(pointer, (options ?? reads).pointer, handle(family), start, length, $0)
        }
        guard let slice else { return nil }
        defer { rocksdb_pinnableslice_destroy(slice) }
        var count = 0
        let bytes = rocksdb_pinnableslice_value(slice, &count)
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: UnsafeRawBufferPointer(start: bytes, count: count))
            initialized = count
        }
    }

    /// What is filed for an address under a slot, or `nil`.
    func filing(of address: SessionAddress, under slot: ExpirySlot) throws(StoreError) -> ExpiryFiling? {
        let value = try ExpiryKey(slot, address).withUnsafeBytes { key throws(StoreError) -> [UInt8]? in
            try self.value(at: key, in: .expiry)
        }
        guard let value else { return nil }
        if let filing = value.withUnsafeBytes({ ExpiryFiling(slot: slot, value: $0) }) { return filing }
        throw .strangeExpiryEntry
    }

    /// Calls `body` with settings for reads that all see the same state.
    func withSnapshot<Value>(_ body: (ReadOptions) throws(StoreError) -> Value) throws(StoreError) -> Value {
        guard let snapshot = rocksdb_create_snapshot(pointer) else {
            throw StoreError(.inputOutput, "RocksDB gave no snapshot; restart cloakroomd")
        }
        defer { rocksdb_release_snapshot(pointer, snapshot) }
        return try body(ReadOptions(at: snapshot))
    }

    /// The snapshot of the state when the database was opened, or `nil` when it was released.
    var openingSnapshot: OpaquePointer? { hasOpening.load(ordering: .acquiring) ? opening : nil }

    /// Releases the snapshot of the opening, which nobody may be using.
    func releaseOpeningSnapshot() {
        guard hasOpening.exchange(false, ordering: .acquiringAndReleasing), let opening else { return }
        rocksdb_release_snapshot(pointer, opening)
    }

    /// Writes a batch.
    func write(_ batch: borrowing WriteBatch, _ options: WriteOptions) throws(StoreError) {
        writers.share()
        defer { writers.unlock() }
        let batch = batch.pointer
        try checked("writing to the store") { rocksdb_write(pointer, options.pointer, batch, $0) }
    }

    /// Brings the write-ahead log to disk.
    func synchronize() throws(StoreError) { try log.synchronize() }

    /// Checks that the files are still where they were.
    ///
    /// - Throws: ``StoreError/Code/directory`` when they are not.
    func checkPresence() throws(StoreError) { try log.checkPresence() }

    /// The names of the write-ahead logs in which something is written.
    func writtenLogs() throws(StoreError) -> [String] { try log.writtenNames() }

    /// The bytes of the write-ahead logs.
    var logBytes: UInt64 { log.bytes }

    /// Whether nothing was ever stored, or everything was removed.
    func isEmpty() throws(StoreError) -> Bool {
        for family in ColumnFamily.allCases {
            let keys = KeyIterator(over: family, of: self, options: reads)
            keys.seek(to: UnsafeRawBufferPointer(start: nil, count: 0))
            guard !keys.isValid else { return false }
            try keys.check("reading from the store")
        }
        return true
    }

    /// Compacts a column family as a whole, which runs the filter over every record.
    func compact(_ family: ColumnFamily) {
        rocksdb_compact_range_cf(pointer, handle(family), nil, 0, nil, 0)
    }
}
