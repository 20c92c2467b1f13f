// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
public import CloakroomStore

/// An engine that keeps everything in memory, for tests of what is above the store.
public final class MemoryStore: SessionStore {
    private struct Place: Hashable {
        let slot: ExpirySlot
        let address: SessionAddress
    }

    private typealias Membership = GroupMembership

    private struct State {
        var memberships: Set<Membership> = []
        var records: [SessionAddress: StoredRecord] = [:]
        /// Bodies without metadata.
        var lone: [SessionAddress: [UInt8]] = [:]
        var filings: [Place: ExpiryFiling] = [:]
        var opening = StoreUsage()
        var properties: [StoreProperty: [UInt8]] = [:]
        var fault: StoreError?
        var damage: (@Sendable (inout StoredRecord) -> Void)?
        var erasures = 0
    }

    private let state = Locked(State())

    /// An empty store.
    public init() {}

    /// What every call throws from now on, or `nil` to work again: for tests of what a faulty disk does to others.
    public var fault: StoreError? {
        get { state.withLock { $0.fault } }
        set { state.withLock { $0.fault = newValue } }
    }

    /// What becomes of every record on its way into the store, or `nil`: for tests of what faulty memory does to others.
    public var damage: (@Sendable (inout StoredRecord) -> Void)? {
        get { state.withLock { $0.damage } }
        set { state.withLock { $0.damage = newValue } }
    }

    /// All records, for tests that look at or change what is stored.
    public var records: [SessionAddress: StoredRecord] {
        get { state.withLock { $0.records } }
        set { state.withLock { $0.records = newValue } }
    }

    /// All expiry entries in order.
    public var entries: [ExpiryEntry] { state.withLock { Self.ordered($0.filings) } }

    /// Removes the entry of an address under a slot and nothing else, as damage does.
    public func damageEntry(of address: SessionAddress, under slot: ExpirySlot) {
        state.withLock { $0.filings[Place(slot: slot, address: address)] = nil }
    }

    /// Files an address under a slot and changes nothing else, as damage does.
    public func addEntry(_ entry: ExpiryEntry) {
        state.withLock { $0.filings[Place(slot: entry.slot, address: entry.address)] = entry.filing }
    }

    /// Adds or removes a membership and changes nothing else, as damage does.
    public func setMembership(_ membership: GroupMembership, _ isThere: Bool) {
        state.withLock { state in
            if isThere { state.memberships.insert(membership) } else { state.memberships.remove(membership) }
        }
    }

    /// Leaves only the body of a record, as damage does.
    public func dropMetadata(at address: SessionAddress) {
        state.withLock { state in
            state.lone[address] = state.records.removeValue(forKey: address)?.body
        }
    }

    /// How many memberships in groups there are.
    public var membershipCount: Int { state.withLock { $0.memberships.count } }

    /// From now on answers what is filed now as ``usage()``, as after closing and opening a store.
    public func reopen() {
        state.withLock { state in
            state.opening = StoreUsage()
            for filing in state.filings.values { state.opening.add(filing) }
        }
    }

    /// See ``CloakroomStore/SessionStore/health()``.
    public func health() -> StoreHealth {
        state.withLock { state in
            var engine = StoreHealth.Engine()
            engine.records = UInt64(state.records.count)
            return StoreHealth(
                writes: state.fault.map { .refused($0.message) } ?? .taken,
                engine: state.fault == nil ? engine : nil,
                isPowerSafe: false
            )
        }
    }

    /// See ``CloakroomStore/SessionStore/record(at:)``.
    public func record(at address: SessionAddress) throws(StoreError) -> StoredRecord? {
        try access { $0.records[address] }
    }

    /// See ``CloakroomStore/SessionStore/metadata(at:)``.
    public func metadata(at address: SessionAddress) throws(StoreError) -> [UInt8]? {
        try access { $0.records[address]?.metadata }
    }

    /// See ``CloakroomStore/SessionStore/body(at:)``.
    public func body(at address: SessionAddress) throws(StoreError) -> [UInt8]? {
        try access { $0.records[address]?.body ?? $0.lone[address] }
    }

    /// See ``CloakroomStore/SessionStore/apply(_:)``.
    public func apply(_ update: RecordUpdate) throws(StoreError) {
        try access { state in
            let body = update.body ?? state.records[update.address]?.body
            var record = StoredRecord(metadata: update.metadata, body: body)
            state.damage?(&record)
            state.records[update.address] = record
            guard update.previousExpiry != update.expiry else { return }
            if let previous = update.previousExpiry {
                state.filings[Place(slot: previous.slot, address: update.address)] = nil
            }
            state.filings[Place(slot: update.expiry.slot, address: update.address)] = update.expiry
            for group in update.groupsLeft {
                state.memberships.remove(Membership(group: group, address: update.address))
            }
            if let group = update.groupJoined {
                state.memberships.insert(Membership(group: group, address: update.address))
            }
        }
    }

    /// See ``CloakroomStore/SessionStore/remove(_:expiry:)``.
    public func remove(_ address: SessionAddress, expiry: ExpirySlot?) throws(StoreError) {
        try access { state in
            state.records[address] = nil
            state.lone[address] = nil
            guard let expiry,
                let filing = state.filings.removeValue(forKey: Place(slot: expiry, address: address))
            else { return }
            if let group = filing.group { state.memberships.remove(Membership(group: group, address: address)) }
        }
    }

    /// See ``CloakroomStore/SessionStore/expiryEntries(through:limit:)``.
    public func expiryEntries(through time: UnixTime, limit: Int) throws(StoreError) -> [ExpiryEntry] {
        try access { state in
            Array(Self.ordered(state.filings.filter { $0.key.slot.time <= time }).prefix(max(limit, 0)))
        }
    }

    /// See ``CloakroomStore/SessionStore/filing(of:under:)``.
    public func filing(of address: SessionAddress, under slot: ExpirySlot) throws(StoreError) -> ExpiryFiling? {
        try access { $0.filings[Place(slot: slot, address: address)] }
    }

    /// See ``CloakroomStore/SessionStore/members(of:after:limit:)``.
    public func members(
        of group: SessionAddress,
        after address: SessionAddress?,
        limit: Int
    ) throws(StoreError) -> [SessionAddress] {
        try access { state in
            let members = state.memberships.filter { $0.group == group }.map(\.address)
            let rest = address.map { address in members.filter { Self.precedes(address, $0) } } ?? members
            return Array(rest.sorted(by: Self.precedes).prefix(max(limit, 0)))
        }
    }

    /// See ``CloakroomStore/SessionStore/isMember(_:of:)``.
    public func isMember(_ address: SessionAddress, of group: SessionAddress) throws(StoreError) -> Bool {
        try access { $0.memberships.contains(Membership(group: group, address: address)) }
    }

    /// See ``CloakroomStore/SessionStore/groups(after:limit:)``.
    public func groups(after group: SessionAddress?, limit: Int) throws(StoreError) -> [SessionAddress] {
        try access { state in
            let all = Set(state.memberships.map(\.group)).sorted()
            return Array(all.filter { next in group.map { $0 < next } ?? true }.prefix(max(limit, 0)))
        }
    }

    /// See ``CloakroomStore/SessionStore/memberships(after:limit:)``.
    public func memberships(
        after membership: GroupMembership?,
        limit: Int
    ) throws(StoreError) -> [GroupMembership] {
        try access { state in
            let rest = state.memberships.filter { next in membership.map { $0 < next } ?? true }
            return Array(rest.sorted().prefix(max(limit, 0)))
        }
    }

    /// See ``CloakroomStore/SessionStore/expiryEntries(after:limit:)``.
    public func expiryEntries(after entry: ExpiryEntry?, limit: Int) throws(StoreError) -> [ExpiryEntry] {
        try access { state in
            let rest = state.filings.filter { place, _ in
                entry.map { ($0.slot.time, $0.address) < (place.slot.time, place.address) } ?? true
            }
            return Array(Self.ordered(rest).prefix(max(limit, 0)))
        }
    }

    /// See ``CloakroomStore/SessionStore/bodies(after:limit:)``.
    public func bodies(after address: SessionAddress?, limit: Int) throws(StoreError) -> [StoredBody] {
        try access { state in
            let all =
                state.records.compactMap { at, record in record.body.map { StoredBody(at: at, $0) } }
                + state.lone.map { StoredBody(at: $0, $1) }
            let rest = all.filter { body in address.map { $0 < body.address } ?? true }
            return Array(rest.sorted { $0.address < $1.address }.prefix(max(limit, 0)))
        }
    }

    /// See ``CloakroomStore/SessionStore/metadata(after:limit:)``.
    public func metadata(after address: SessionAddress?, limit: Int) throws(StoreError) -> [StoredMetadata] {
        try access { state in
            let all = state.records.map { StoredMetadata(address: $0, value: $1.metadata) }
            let rest = address.map { address in all.filter { Self.precedes(address, $0.address) } } ?? all
            return Array(rest.sorted { Self.precedes($0.address, $1.address) }.prefix(max(limit, 0)))
        }
    }

    /// See ``CloakroomStore/SessionStore/replaceMetadata(at:with:)``.
    public func replaceMetadata(at address: SessionAddress, with value: [UInt8]) throws(StoreError) {
        try access { $0.records[address] = StoredRecord(metadata: value, body: $0.records[address]?.body) }
    }

    /// See ``CloakroomStore/SessionStore/usage()``.
    public func usage() throws(StoreError) -> StoreUsage { try access { $0.opening } }

    /// See ``CloakroomStore/SessionStore/property(_:)``.
    public func property(_ name: StoreProperty) throws(StoreError) -> [UInt8]? {
        try access { $0.properties[name] }
    }

    /// See ``CloakroomStore/SessionStore/setProperty(_:to:)``.
    public func setProperty(_ name: StoreProperty, to value: [UInt8]) throws(StoreError) {
        try access { $0.properties[name] = value }
    }

    /// See ``CloakroomStore/SessionStore/removeProperty(_:)``.
    public func removeProperty(_ name: StoreProperty) throws(StoreError) {
        try access { $0.properties[name] = nil }
    }

    /// See ``CloakroomStore/SessionStore/eraseReplaced()``: nothing is kept.
    public func eraseReplaced() throws(StoreError) { try access { $0.erasures += 1 } }

    /// How often ``eraseReplaced()`` was called.
    public var erasures: Int { state.withLock { $0.erasures } }

    /// See ``CloakroomStore/SessionStore/synchronize()``.
    public func synchronize() throws(StoreError) { try access { _ in } }

    private func access<Value: Sendable>(_ body: (inout State) -> Value) throws(StoreError) -> Value {
        try state.withLock { state throws(StoreError) -> Value in
            if let fault = state.fault { throw fault }
            return body(&state)
        }
    }

    private static func precedes(_ left: SessionAddress, _ right: SessionAddress) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    private static func ordered(_ filings: [Place: ExpiryFiling]) -> [ExpiryEntry] {
        filings.map { ExpiryEntry($0.key.address, $0.value) }.sorted {
            $0.slot == $1.slot ? $0.address.bytes.lexicographicallyPrecedes($1.address.bytes) : $0.slot < $1.slot
        }
    }
}
