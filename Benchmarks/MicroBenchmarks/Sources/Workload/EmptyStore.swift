// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore

/// A store that has nothing and takes everything, at once: what is left then is the rules' own work.
struct EmptyStore: SessionStore {
    func record(at address: SessionAddress) throws(StoreError) -> StoredRecord? { nil }
    func metadata(at address: SessionAddress) throws(StoreError) -> [UInt8]? { nil }
    func body(at address: SessionAddress) throws(StoreError) -> [UInt8]? { nil }
    func apply(_ update: RecordUpdate) throws(StoreError) {}
    func remove(_ address: SessionAddress, expiry: ExpirySlot?) throws(StoreError) {}
    func expiryEntries(through time: UnixTime, limit: Int) throws(StoreError) -> [ExpiryEntry] { [] }
    func filing(of address: SessionAddress, under slot: ExpirySlot) throws(StoreError) -> ExpiryFiling? { nil }
    func members(
        of group: SessionAddress,
        after address: SessionAddress?,
        limit: Int
    ) throws(StoreError) -> [SessionAddress] { [] }
    func isMember(_ address: SessionAddress, of group: SessionAddress) throws(StoreError) -> Bool { false }
    func groups(after group: SessionAddress?, limit: Int) throws(StoreError) -> [SessionAddress] { [] }
    func memberships(after membership: GroupMembership?, limit: Int) throws(StoreError) -> [GroupMembership] { [] }
    func expiryEntries(after entry: ExpiryEntry?, limit: Int) throws(StoreError) -> [ExpiryEntry] { [] }
    func bodies(after address: SessionAddress?, limit: Int) throws(StoreError) -> [StoredBody] { [] }
    func metadata(after address: SessionAddress?, limit: Int) throws(StoreError) -> [StoredMetadata] { [] }
    func replaceMetadata(at address: SessionAddress, with value: [UInt8]) throws(StoreError) {}
    func removeProperty(_ name: StoreProperty) throws(StoreError) {}
    func eraseReplaced() throws(StoreError) {}
    func usage() throws(StoreError) -> StoreUsage { StoreUsage(sessions: 0, kibibytes: 0) }
    func property(_ name: StoreProperty) throws(StoreError) -> [UInt8]? { nil }
    func setProperty(_ name: StoreProperty, to value: [UInt8]) throws(StoreError) {}
    func health() -> StoreHealth { StoreHealth(writes: .taken, engine: .init(), isPowerSafe: false) }
    func synchronize() throws(StoreError) {}
}
