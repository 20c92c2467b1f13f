// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore

/// Bodies and memberships without metadata. Compaction may have dropped the metadata of a session that is over, and then the sweep
/// removes the rest when the session's expiry entry comes due. What has no such entry belongs to nothing.
struct LoneEntries {
    /// How many are kept before they are settled, which takes a walk over all entries that are due.
    static let most = 4096
    private static let page = 4096

    private var bodies: Set<SessionAddress> = []
    private var memberships: Set<GroupMembership> = []

    /// Whether it is time to settle.
    var isFull: Bool { bodies.count + memberships.count >= Self.most }
    /// Whether there are none.
    var isEmpty: Bool { bodies.isEmpty && memberships.isEmpty }

    mutating func add(body address: SessionAddress) { bodies.insert(address) }

    mutating func add(_ membership: GroupMembership) { memberships.insert(membership) }

    /// Takes out those that belong to nothing, and forgets the others.
    ///
    /// - Throws: `StoreError`; `CancellationError`.
    mutating func settle(
        _ store: any SessionStore,
        now: UnixTime
    ) async throws -> (bodies: Set<SessionAddress>, memberships: Set<GroupMembership>) {
        var last: ExpiryEntry?
        while !isEmpty {
            let page = try store.expiryEntries(after: last, limit: Self.page)
            let due = page.prefix { $0.slot.time <= now }
            for entry in due {
                bodies.remove(entry.address)
                if let group = entry.filing.group {
                    memberships.remove(GroupMembership(group: group, address: entry.address))
                }
            }
            guard due.count == Self.page else { break }
            last = due.last
            try await WalkPace.pause()
        }
        defer { (bodies, memberships) = ([], []) }
        return (bodies, memberships)
    }
}
