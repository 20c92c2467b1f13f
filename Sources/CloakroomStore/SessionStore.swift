// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// Where sealed sessions are kept. An engine sees addresses and ciphertext, never an id, a key or contents.
///
/// The functions answer before they return: for the local engine that is microseconds, and a request never leaves its
/// thread (`docs/performance.md`). An engine that has to ask over a network would block its caller, who is then to call it
/// from a thread made for that. An engine is thread-safe, and each call is atomic; the caller orders calls for one session
/// by its lock. Every engine passes `SessionStoreConformance`.
public protocol SessionStore: Sendable {
    /// The record at an address, or `nil` when there is none.
    ///
    /// - Throws: ``StoreError`` when the engine cannot tell.
    func record(at address: SessionAddress) throws(StoreError) -> StoredRecord?

    /// Only the sealed metadata at an address, or `nil` when there is none.
    ///
    /// - Throws: ``StoreError`` when the engine cannot tell.
    func metadata(at address: SessionAddress) throws(StoreError) -> [UInt8]?

    /// Only the sealed body at an address, or `nil` when there is none.
    ///
    /// - Throws: ``StoreError`` when the engine cannot tell.
    func body(at address: SessionAddress) throws(StoreError) -> [UInt8]?

    /// Stores a record, or new metadata for it, and replaces its expiry entry and its membership in a group if another filing
    /// is given: all or nothing, and durable as configured before the call returns.
    ///
    /// - Throws: ``StoreError`` when nothing was stored.
    func apply(_ update: RecordUpdate) throws(StoreError)

    /// Removes a record, if there is one, and the given expiry entry with the membership that it names.
    ///
    /// - Throws: ``StoreError`` when nothing was removed.
    func remove(_ address: SessionAddress, expiry: ExpirySlot?) throws(StoreError)

    /// Up to `limit` expiry entries of slots up to and including `time`, earliest first. Its cost follows the number of
    /// entries returned.
    ///
    /// - Throws: ``StoreError`` when the engine cannot tell.
    func expiryEntries(
        through time: UnixTime,
        limit: Int
    ) throws(StoreError) -> [ExpiryEntry]

    /// What is filed for an address under a slot, or `nil` when it has no entry there.
    ///
    /// - Throws: ``StoreError`` when the engine cannot tell.
    func filing(
        of address: SessionAddress,
        under slot: ExpirySlot
    ) throws(StoreError) -> ExpiryFiling?

    /// Up to `limit` members of a group, in the order of their addresses, from the first one behind `address` on: the sessions whose
    /// expiry entry names the group. Its cost follows the number of members returned.
    ///
    /// - Throws: ``StoreError`` when the engine cannot tell.
    func members(
        of group: SessionAddress,
        after address: SessionAddress?,
        limit: Int
    ) throws(StoreError) -> [SessionAddress]

    /// Whether an address is a member of a group.
    ///
    /// - Throws: ``StoreError`` when the engine cannot tell.
    func isMember(_ address: SessionAddress, of group: SessionAddress) throws(StoreError) -> Bool

    /// Up to `limit` groups that have members, in the order of their addresses, from the first one behind `group` on. Its cost follows
    /// the number of groups returned, not that of their members.
    ///
    /// - Throws: ``StoreError`` when the engine cannot tell.
    func groups(after group: SessionAddress?, limit: Int) throws(StoreError) -> [SessionAddress]

    /// Up to `limit` memberships of all groups, in order, from the first one behind `membership` on.
    ///
    /// - Throws: ``StoreError`` when the engine cannot tell.
    func memberships(after membership: GroupMembership?, limit: Int) throws(StoreError) -> [GroupMembership]

    /// Up to `limit` expiry entries, earliest first, and in the order of their addresses within a slot, from the first one behind
    /// `entry` on. Unlike ``expiryEntries(through:limit:)`` it leaves nothing behind for the next call.
    ///
    /// - Throws: ``StoreError`` when the engine cannot tell.
    func expiryEntries(after entry: ExpiryEntry?, limit: Int) throws(StoreError) -> [ExpiryEntry]

    /// What can be told of up to `limit` sealed bodies without their keys, in the order of their addresses, from the first one behind
    /// `address` on. The engine reads and checks all of each.
    ///
    /// - Throws: ``StoreError`` when the engine cannot tell.
    func bodies(after address: SessionAddress?, limit: Int) throws(StoreError) -> [StoredBody]

    /// Up to `limit` sealed metadata, in the order of their addresses, from the first one behind `address` on. Its cost follows the
    /// number returned, and what was written lately.
    ///
    /// - Throws: ``StoreError`` when the engine cannot tell.
    func metadata(after address: SessionAddress?, limit: Int) throws(StoreError) -> [StoredMetadata]

    /// Replaces the sealed metadata at an address, and nothing else of the record. As long as nothing is durable that was changed
    /// later, a failure of the machine may bring back what was replaced.
    ///
    /// - Throws: ``StoreError`` when nothing was replaced.
    func replaceMetadata(at address: SessionAddress, with value: [UInt8]) throws(StoreError)

    /// The sum over the expiry entries that there were when the store was opened, whatever was written since. Whoever adds
    /// what he wrote since then knows what the store holds now.
    ///
    /// It takes time by the number of entries, and an engine may keep what was removed until it was called: call it once,
    /// in the background, soon after opening the store.
    ///
    /// - Throws: ``StoreError``, with code ``StoreError/Code/cancelled`` when the task was cancelled.
    nonisolated(nonsending) func usage() async throws(StoreError) -> StoreUsage

    /// The value of a property of the store as a whole, such as its wrapped address key.
    ///
    /// - Throws: ``StoreError`` when the engine cannot tell.
    func property(_ name: StoreProperty) throws(StoreError) -> [UInt8]?

    /// Sets a property, and syncs it to disk before returning.
    ///
    /// - Throws: ``StoreError`` when it was not set.
    func setProperty(_ name: StoreProperty, to value: [UInt8]) throws(StoreError)

    /// Removes a property, if it is set, and syncs that to disk before returning.
    ///
    /// - Throws: ``StoreError`` when it was not removed.
    func removeProperty(_ name: StoreProperty) throws(StoreError)

    /// Leaves nothing in the engine's files of the metadata and properties that were replaced or removed before this was called. It
    /// takes time by the size of all metadata; reads and writes go on beside it.
    ///
    /// - Throws: ``StoreError`` when something may be left; with code ``StoreError/Code/cancelled`` when the task was cancelled.
    nonisolated(nonsending) func eraseReplaced() async throws(StoreError)

    /// How the store is. It is cheap, whatever the store holds, and answers also when the store is at fault.
    func health() -> StoreHealth

    /// Brings everything acknowledged so far to disk.
    ///
    /// - Throws: ``StoreError`` when the engine could not.
    func synchronize() throws(StoreError)
}
