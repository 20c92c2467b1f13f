// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
public import CloakroomStore
import Synchronization

/// The local engine: RocksDB in the state directory, laid out as `docs/record-format.md` says.
///
/// Its functions are synchronous. One that reads takes microseconds; one that writes does too, but for
/// ``Durability/power`` (a disk sync) and for the rare write that RocksDB holds back while it flushes.
///
/// When a write fails, further writes are refused while reads go on. After a full disk RocksDB looks for space every five
/// seconds, and resumes by itself once there is enough for what is in memory (at least 64 MiB); an open needs that space
/// too. After other faults the store looks every two seconds whether the directory can be written to, and then opens the
/// database again, in place (``StoreRecovery``).
public final class RocksDBStore: SessionStore {
    /// What an operator should know about the open: that the write-ahead log ended in a damaged record, or that an old checkpoint
    /// could not be removed.
    public let warnings: [String]

    let gate: DatabaseGate
    let refusal = WriteRefusal()
    /// The database's directory.
    let path: String
    /// The state directory, as it was named.
    let directory: String
    let clock: CompactionClock
    let share: StoreShare
    let report: @Sendable (StoreReport) -> Void
    /// Whether tables are compacted in the background.
    let compacts = Atomic<Bool>(true)
    let expiry = ExpiryIndex()
    let usage = OpeningUsage()
    let lastSync = Locked<ContinuousClock.Instant?>(nil)
    let durability: Durability
    private let writes: WriteOptions
    let syncedWrites = WriteOptions(sync: true)
    let unsyncedWrites = WriteOptions(sync: false)

    /// Opens the store in a state directory, and makes both if need be.
    ///
    /// - Parameters:
    ///   - directory: the state directory; its parent must exist. It must be a directory (not a symbolic link) of the
    ///     effective user without permissions for others. The database is in `rocksdb` below it.
    ///   - durability: what an acknowledged change survives.
    ///   - clock: the clock by which sessions expire.
    ///   - stores: the number of stores in the process, this one included, which share memory and files.
    ///   - report: is told when the store refuses writes and when it resumes, on any thread; it must not call the store.
    /// - Throws: ``StoreError``: `directory`, `busy`, `format`, `corruption`, `space` or `inputOutput`.
    public init(
        directory: String,
        durability: Durability,
        clock: CompactionClock = .system,
        stores: Int = 1,
        report: @escaping @Sendable (StoreReport) -> Void = { _ in }
    ) throws(StoreError) {
        let root = try StateDirectory(preparing: directory)
        let path = try StateDirectory(preparing: root.path + "/rocksdb").path
        let (database, warnings) = try Self.open(
            path,
            directory: directory,
            clock: clock,
            share: StoreShare(stores: stores)
        )
        self.path = path
        self.clock = clock
        share = StoreShare(stores: stores)
        self.directory = directory
        self.durability = durability
        self.report = report
        try StoreFormat.check(database, directory: directory)
        writes = durability == .power ? syncedWrites : unsyncedWrites
        gate = DatabaseGate(database)
        var complaints = warnings
        // Of a daemon that ended while somebody copied it.
        do throws(StoreError) { try Checkpoint(of: root.path).remove() } catch { complaints.append(error.message) }
        self.warnings = complaints
    }

    static func open(
        _ path: String,
        directory: String,
        compacts: Bool = true,
        clock: CompactionClock,
        share: StoreShare
    ) throws(StoreError) -> (Database, [String]) {
        let files = try DatabaseFiles(path: path, directory: directory)
        let warnings = try files.check()
        let database = { (recovery) throws(StoreError) in
            try Database(
                path: path,
                directory: directory,
                recovery: recovery,
                compacts: compacts,
                clock: clock,
                share: share
            )
        }
        do throws(StoreError) {
            return (try database(.exact), warnings)
        } catch {
            guard error.code == .corruption else { throw error }
            // What a crash of the machine leaves: the last record of the log was not written as a whole. The open that
            // failed changed nothing that this one reads. If the damage is elsewhere, this fails as well.
            let torn = files.tornLogWarning()
            let database = try database(.upToDamage)
            let warning =
                torn ?? "the write-ahead log has a damaged record, which was dropped with what followed it: \(error)"
            return (database, warnings + [warning])
        }
    }

    /// Closes the database once operations under way have ended; later ones throw. Closing again does nothing.
    public func close() { gate.close() }

    /// See ``CloakroomStore/SessionStore/record(at:)``.
    public func record(at address: SessionAddress) throws(StoreError) -> StoredRecord? {
        let database = try gate.enter()
        defer { gate.leave() }
        return try address.withUnsafeBytes { key throws(StoreError) -> StoredRecord? in
            let before = database.sequence
            let record = try Self.record(at: key, in: database, options: nil)
            // Nothing was written in between, so both values are of one time. A snapshot costs a lock; this does not.
            if database.sequence == before { return record }
            return try database.withSnapshot { options throws(StoreError) -> StoredRecord? in
                try Self.record(at: key, in: database, options: options)
            }
        }
    }

    private static func record(
        at key: UnsafeRawBufferPointer,
        in database: Database,
        options: ReadOptions?
    ) throws(StoreError) -> StoredRecord? {
        guard let metadata = try database.value(at: key, in: .metadata, options: options) else { return nil }
        return StoredRecord(metadata: metadata, body: try database.value(at: key, in: .body, options: options))
    }

    /// See ``CloakroomStore/SessionStore/metadata(at:)``.
    public func metadata(at address: SessionAddress) throws(StoreError) -> [UInt8]? {
        try value(at: address, in: .metadata)
    }

    /// See ``CloakroomStore/SessionStore/body(at:)``.
    public func body(at address: SessionAddress) throws(StoreError) -> [UInt8]? {
        try value(at: address, in: .body)
    }

    private func value(at address: SessionAddress, in family: ColumnFamily) throws(StoreError) -> [UInt8]? {
        let database = try gate.enter()
        defer { gate.leave() }
        return try address.withUnsafeBytes { key throws(StoreError) -> [UInt8]? in
            try database.value(at: key, in: family)
        }
    }

    /// See ``CloakroomStore/SessionStore/apply(_:)``.
    public func apply(_ update: RecordUpdate) throws(StoreError) {
        let database = try gate.enter()
        defer { gate.leave() }
        try refusal.check()
        let batch = WriteBatch(for: database)
        update.address.withUnsafeBytes { key in
            batch.put(update.metadata, at: key, in: .metadata)
            if let body = update.body { batch.put(body, at: key, in: .body) }
        }
        guard update.previousExpiry != update.expiry else { return try write(batch, to: database, update) }
        if let previous = update.previousExpiry, previous.slot != update.expiry.slot {
            ExpiryKey(previous.slot, update.address).withUnsafeBytes { batch.delete($0, in: .expiry) }
        }
        let entry = ExpiryKey(update.expiry.slot, update.address)
        entry.withUnsafeBytes { batch.put(update.expiry.value, at: $0, in: .expiry) }
        for group in update.groupsLeft { batch.leave(group, update.address) }
        if let group = update.groupJoined { batch.join(group, update.address) }
        defer { expiry.written(entry) }
        try write(batch, to: database, update)
    }

    private func write(
        _ batch: borrowing WriteBatch,
        to database: Database,
        _ update: RecordUpdate
    ) throws(StoreError) {
        try write(batch, to: database) { UnfinishedChange(update) }
    }

    /// See ``CloakroomStore/SessionStore/remove(_:expiry:)``.
    public func remove(_ address: SessionAddress, expiry slot: ExpirySlot?) throws(StoreError) {
        let database = try gate.enter()
        defer { gate.leave() }
        try refusal.check()
        let batch = WriteBatch(for: database)
        address.withUnsafeBytes { key in
            batch.delete(key, in: .metadata)
            batch.delete(key, in: .body)
        }
        var group: SessionAddress?
        if let slot {
            ExpiryKey(slot, address).withUnsafeBytes { batch.delete($0, in: .expiry) }
            group = try database.filing(of: address, under: slot)?.group
            if let group { batch.leave(group, address) }
        }
        try write(batch, to: database) { UnfinishedChange(removalOf: address, slot: slot, group: group) }
    }

    func write(
        _ batch: borrowing WriteBatch,
        to database: Database,
        options: WriteOptions? = nil,
        _ change: () -> UnfinishedChange
    ) throws(StoreError) {
        do throws(StoreError) {
            try database.write(batch, options ?? writes)
        } catch {
            // After a full disk RocksDB resumes by itself.
            if [.inputOutput, .corruption].contains(error.code) { refuseWrites(error, unfinished: change()) }
            throw error
        }
    }

    /// See ``CloakroomStore/SessionStore/expiryEntries(through:limit:)``. Besides the entries returned, it steps over those
    /// that were moved or removed since the last call, at about half a microsecond each.
    public func expiryEntries(through time: UnixTime, limit: Int) throws(StoreError) -> [ExpiryEntry] {
        let database = try gate.enter()
        defer { gate.leave() }
        return try expiry.entries(through: time, limit: limit, of: database)
    }

    /// See ``CloakroomStore/SessionStore/filing(of:under:)``.
    public func filing(of address: SessionAddress, under slot: ExpirySlot) throws(StoreError) -> ExpiryFiling? {
        let database = try gate.enter()
        defer { gate.leave() }
        return try database.filing(of: address, under: slot)
    }

    /// See ``CloakroomStore/SessionStore/members(of:after:limit:)``.
    public func members(
        of group: SessionAddress,
        after address: SessionAddress?,
        limit: Int
    ) throws(StoreError) -> [SessionAddress] {
        let database = try gate.enter()
        defer { gate.leave() }
        return try database.members(of: group, after: address, limit: limit)
    }

    /// See ``CloakroomStore/SessionStore/usage()``. Until it was called, what was there at the opening stays on disk even if
    /// it was removed. An entry takes about a quarter of a microsecond.
    public nonisolated(nonsending) func usage() async throws(StoreError) -> StoreUsage {
        try await usage.usage(through: gate)
    }

    /// See ``CloakroomStore/SessionStore/property(_:)``.
    public func property(_ name: StoreProperty) throws(StoreError) -> [UInt8]? {
        let database = try gate.enter()
        defer { gate.leave() }
        return try database.property(name)
    }

    /// See ``CloakroomStore/SessionStore/setProperty(_:to:)``.
    public func setProperty(_ name: StoreProperty, to value: [UInt8]) throws(StoreError) {
        try change { database throws(StoreError) in try database.setProperty(name, to: value, syncedWrites) }
    }

    /// See ``CloakroomStore/SessionStore/removeProperty(_:)``.
    public func removeProperty(_ name: StoreProperty) throws(StoreError) {
        try change { database throws(StoreError) in try database.removeProperty(name, syncedWrites) }
    }

    /// Changes a property.
    private func change(_ body: (Database) throws(StoreError) -> Void) throws(StoreError) {
        let database = try gate.enter()
        defer { gate.leave() }
        try refusal.check()
        do throws(StoreError) {
            try body(database)
        } catch {
            // As after any other write that failed, RocksDB takes no more.
            if [.inputOutput, .corruption].contains(error.code) { refuseWrites(error) }
            throw error
        }
    }

    /// See ``CloakroomStore/SessionStore/synchronize()``.
    public func synchronize() throws(StoreError) {
        let database = try gate.enter()
        defer { gate.leave() }
        try refusal.check()
        do throws(StoreError) {
            // What is written from here on may not be part of it.
            let begin = ContinuousClock.now
            try database.synchronize()
            lastSync.withLock { $0 = begin }
        } catch {
            // The kernel reports a failed sync once, and then takes what it could not write for written.
            refuseWrites(error)
            throw error
        }
    }

    /// Compacts all records and entries, which drops what has expired and what was removed. It takes as long as the
    /// store is large.
    public func compact() throws(StoreError) {
        let database = try gate.enter()
        defer { gate.leave() }
        for family in ColumnFamily.allCases { database.compact(family) }
    }
}
