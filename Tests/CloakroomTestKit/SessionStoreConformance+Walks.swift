// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import Testing

extension SessionStoreConformance {
    static let walkChecks: [Check] = [
        Check("groups come once each, in order and in pages", groups),
        Check("groups whose last member has left are gone", emptyGroups),
        Check("memberships come in order and in pages, also behind one that has gone", memberships),
        Check("membership of one address can be asked", membership),
        Check("all expiry entries come in order and in pages, also behind one that has gone", entries),
        Check("bodies come in order and in pages, with header and length", bodies),
        Check("a record without a body is none of the bodies", noBody),
    ]

    private static func group(_ number: Int) -> SessionAddress { StoreSamples.address(2_000_000 + number) }

    /// 30 records in groups of up to 5, and 10 in none; answers what is filed.
    @discardableResult
    private static func fill(_ store: any SessionStore) throws -> [SessionAddress: ExpiryFiling] {
        var filed: [SessionAddress: ExpiryFiling] = [:]
        for number in 0..<40 {
            let filing = StoreSamples.filing(
                10 + UInt64(number % 3),
                group: number < 30 ? group(number % 6) : nil
            )
            filed[StoreSamples.address(number)] = filing
            try store.apply(
                RecordUpdate(
                    address: StoreSamples.address(number),
                    metadata: StoreSamples.value([1]),
                    body: StoreSamples.value([UInt8](repeating: 2, count: number), expires: 100 + UInt64(number)),
                    previousExpiry: nil,
                    expiry: filing
                )
            )
        }
        return filed
    }

    /// All there is, in pages of `limit`.
    private static func pages<Element>(
        _ limit: Int,
        _ next: (Element?, Int) throws -> [Element]
    ) throws -> [Element] {
        var all: [Element] = []
        while true {
            let page = try next(all.last, limit)
            #expect(page.count <= limit)
            if page.isEmpty { return all }
            all += page
        }
    }

    private static func groups(_ store: any SessionStore) async throws {
        #expect(try store.groups(after: nil, limit: 10) == [])
        try fill(store)
        let expected = (0..<6).map(group).sorted()
        for limit in [1, 2, 5, 6, 7] { #expect(try pages(limit, store.groups) == expected) }
        #expect(try store.groups(after: nil, limit: 0) == [])
        #expect(try store.groups(after: expected.last, limit: 9) == [])
    }

    private static func emptyGroups(_ store: any SessionStore) async throws {
        let filed = try fill(store)
        for (address, filing) in filed where filing.group == group(3) {
            try store.remove(address, expiry: filing.slot)
        }
        let expected = [0, 1, 2, 4, 5].map(group).sorted()
        #expect(try pages(2, store.groups) == expected)
        // Also behind a group that has gone meanwhile.
        #expect(try store.groups(after: group(3), limit: 9) == expected.filter { group(3) < $0 })
    }

    private static func memberships(_ store: any SessionStore) async throws {
        let filed = try fill(store)
        let expected = filed.compactMap { address, filing in
            filing.group.map { GroupMembership(group: $0, address: address) }
        }.sorted()
        for limit in [1, 4, 30, 31] { #expect(try pages(limit, store.memberships) == expected) }
        let gone = expected[11]
        try store.remove(gone.address, expiry: filed[gone.address]?.slot)
        #expect(try store.memberships(after: gone, limit: 2) == Array(expected[12..<14]))
        #expect(try store.memberships(after: nil, limit: 0) == [])
    }

    private static func membership(_ store: any SessionStore) async throws {
        try fill(store)
        #expect(try store.isMember(StoreSamples.address(7), of: group(1)))
        #expect(try !store.isMember(StoreSamples.address(7), of: group(2)))
        #expect(try !store.isMember(StoreSamples.address(35), of: group(5)))
    }

    private static func entries(_ store: any SessionStore) async throws {
        let filed = try fill(store)
        let expected = filed.map { ExpiryEntry($0, $1) }.sorted { ($0.slot, $0.address) < ($1.slot, $1.address) }
        for limit in [1, 7, 40, 41] { #expect(try pages(limit, store.expiryEntries(after:limit:)) == expected) }
        let gone = expected[20]
        try store.remove(gone.address, expiry: gone.slot)
        #expect(try store.expiryEntries(after: gone, limit: 3) == Array(expected[21..<24]))
        // The other walk is not led astray.
        #expect(try store.expiryEntries(through: end, limit: 99) == expected.filter { $0 != gone })
    }

    private static func bodies(_ store: any SessionStore) async throws {
        try fill(store)
        let expected = (0..<40).map { number in
            StoredBody(
                at: StoreSamples.address(number),
                StoreSamples.value([UInt8](repeating: 2, count: number), expires: 100 + UInt64(number))
            )
        }.sorted { $0.address < $1.address }
        for limit in [1, 9, 40, 41] {
            #expect(try pages(limit) { try store.bodies(after: $0?.address, limit: $1) } == expected)
        }
        #expect(try store.bodies(after: nil, limit: 0) == [])
    }

    private static func noBody(_ store: any SessionStore) async throws {
        try store.apply(StoreSamples.update(1, metadata: StoreSamples.value([1]), body: nil, expiry: 10))
        try store.apply(StoreSamples.update(2, metadata: StoreSamples.value([1]), body: [1, 2], expiry: 10))
        let found = try store.bodies(after: nil, limit: 9)
        #expect(found.map(\.address) == [StoreSamples.address(2)])
        #expect(found.map(\.header) == [nil])
    }
}
