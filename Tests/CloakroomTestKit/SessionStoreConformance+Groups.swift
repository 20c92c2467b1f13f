// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import Testing

extension SessionStoreConformance {
    static let groupChecks: [Check] = [
        Check("a group has the sessions whose entries name it, in order", members),
        Check("members come in pages", pages),
        Check("a filing with a group comes back as it was filed", filing),
        Check("a session that changes its group is in one", change),
        Check("a session that moves its entry stays in its group", staysInGroup),
        Check("remove ends the membership that the entry names", removalFromGroup),
        Check("remove without a slot leaves the membership alone", removalWithoutSlotFromGroup),
        Check("an entry that takes the place of a stray one ends its membership", stray),
    ]

    private static let group = StoreSamples.address(1_000_001)
    private static let other = StoreSamples.address(1_000_002)

    private static func put(
        _ store: any SessionStore,
        _ number: Int,
        from previous: ExpiryFiling? = nil,
        to next: ExpiryFiling,
        orphaned: SessionAddress? = nil
    ) throws {
        try store.apply(
            RecordUpdate(
                address: StoreSamples.address(number),
                metadata: StoreSamples.value([1]),
                body: StoreSamples.value([2]),
                previousExpiry: previous,
                expiry: next,
                orphanedGroup: orphaned
            )
        )
    }

    private static func all(_ store: any SessionStore, _ group: SessionAddress) throws -> [SessionAddress] {
        try store.members(of: group, after: nil, limit: 1000)
    }

    private static func sorted(_ numbers: some Sequence<Int>) -> [SessionAddress] {
        numbers.map { StoreSamples.address($0) }.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }

    private static func members(_ store: any SessionStore) async throws {
        for number in 0..<30 {
            let group = [group, other, nil][number % 3]
            try put(store, number, to: StoreSamples.filing(10 + UInt64(number), group: group))
        }
        #expect(try all(store, group) == sorted(stride(from: 0, to: 30, by: 3)))
        #expect(try all(store, other) == sorted(stride(from: 1, to: 30, by: 3)))
        #expect(try all(store, StoreSamples.address(3)) == [])
    }

    private static func pages(_ store: any SessionStore) async throws {
        for number in 0..<25 { try put(store, number, to: StoreSamples.filing(10, group: group)) }
        var met: [SessionAddress] = []
        while true {
            let page = try store.members(of: group, after: met.last, limit: 7)
            #expect(page.count <= 7)
            if page.isEmpty { break }
            met += page
        }
        #expect(met == sorted(0..<25))
        #expect(try store.members(of: group, after: nil, limit: 0) == [])
        // Also behind one that has gone meanwhile.
        try store.remove(met[3], expiry: StoreSamples.slot(10))
        #expect(try store.members(of: group, after: met[3], limit: 1) == [met[4]])
    }

    private static func filing(_ store: any SessionStore) async throws {
        let filing = StoreSamples.filing(10, kibibytes: 77, group: group)
        try put(store, 1, to: filing)
        #expect(try store.filing(of: StoreSamples.address(1), under: filing.slot) == filing)
        #expect(try store.expiryEntries(through: end, limit: 9).map(\.filing) == [filing])
    }

    private static func change(_ store: any SessionStore) async throws {
        var previous: ExpiryFiling?
        for group in [nil, group, other, other, nil, group] {
            let next = StoreSamples.filing(10, group: group)
            try put(store, 1, from: previous, to: next)
            previous = next
            for candidate in [self.group, other] {
                #expect(try all(store, candidate) == (candidate == group ? sorted([1]) : []))
            }
            #expect(try store.expiryEntries(through: end, limit: 9).map(\.filing) == [next])
        }
    }

    private static func staysInGroup(_ store: any SessionStore) async throws {
        let first = StoreSamples.filing(10, group: group)
        let second = StoreSamples.filing(20, kibibytes: 9, group: group)
        try put(store, 1, to: first)
        try put(store, 1, from: first, to: second)
        #expect(try all(store, group) == sorted([1]))
        try store.remove(StoreSamples.address(1), expiry: second.slot)
        #expect(try all(store, group) == [])
    }

    private static func removalFromGroup(_ store: any SessionStore) async throws {
        for number in 0..<3 { try put(store, number, to: StoreSamples.filing(10, group: group)) }
        try store.remove(StoreSamples.address(1), expiry: StoreSamples.slot(10))
        #expect(try all(store, group) == sorted([0, 2]))
    }

    private static func removalWithoutSlotFromGroup(_ store: any SessionStore) async throws {
        try put(store, 1, to: StoreSamples.filing(10, group: group))
        try store.remove(StoreSamples.address(1), expiry: nil)
        #expect(try all(store, group) == sorted([1]))
        try store.remove(StoreSamples.address(1), expiry: StoreSamples.slot(10))
        #expect(try all(store, group) == [])
    }

    private static func stray(_ store: any SessionStore) async throws {
        for next in [nil, other, group] {
            try put(store, 1, to: StoreSamples.filing(10, group: group))
            try put(store, 1, to: StoreSamples.filing(10, group: next), orphaned: group)
            #expect(try all(store, group) == (next == group ? sorted([1]) : []))
            #expect(try all(store, other) == (next == other ? sorted([1]) : []))
            try store.remove(StoreSamples.address(1), expiry: StoreSamples.slot(10))
        }
    }
}
