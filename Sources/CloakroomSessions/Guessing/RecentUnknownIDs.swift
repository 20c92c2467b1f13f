// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
import CloakroomCore

/// Which unknown ids counted in the last minute, and what became of them, so that a page with many images, which sends its dead cookie
/// once for each, counts once.
///
/// It is a table of fixed size in which each id of an address has one place, where the next one takes it. So it may forget an id
/// before its minute is over, which then counts anew, as it would without the table; it never takes one id for
/// another.
struct RecentUnknownIDs: Sendable {
    /// 88 bytes each: 88 KiB for a pool, once there is an unknown id.
    static let capacity = 1024

    private struct Entry {
        var id: SessionAddress
        var client: AddressPrefix
        var end: ContinuousClock.Instant
        var isRefused: Bool
    }

    private var entries: [Entry?] = []

    /// Whether the client was refused for that id when it counted; `nil` when it has to be counted now.
    func isRefused(_ id: SessionAddress, of client: AddressPrefix, now: ContinuousClock.Instant) -> Bool? {
        guard !entries.isEmpty, let entry = entries[place(of: id, client)], entry.id == id, entry.client == client,
            now < entry.end
        else { return nil }
        return entry.isRefused
    }

    /// Notes what became of an id that has counted.
    mutating func note(
        _ id: SessionAddress,
        of client: AddressPrefix,
        isRefused: Bool,
        now: ContinuousClock.Instant
    ) {
        if entries.isEmpty { entries = Array(repeating: nil, count: Self.capacity) }
        let end = now.advanced(by: GuessingLimits.window)
        entries[place(of: id, client)] = Entry(id: id, client: client, end: end, isRefused: isRefused)
    }

    private func place(of id: SessionAddress, _ client: AddressPrefix) -> Int {
        var hasher = Hasher()
        hasher.combine(id)
        hasher.combine(client)
        return Int(UInt(bitPattern: hasher.finalize()) % UInt(Self.capacity))
    }
}
