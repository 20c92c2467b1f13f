// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import Testing

extension SessionStoreConformance {
    static let metadataChecks: [Check] = [
        Check("all metadata come in the order of their addresses, in pages of any size", metadataPages),
        Check("a page of metadata begins behind an address that is not there any more", metadataBehindRemoved),
        Check("replaced metadata leave body, entry and group as they are", replacedMetadata),
        Check("a removed property is nil, and can be set again", removedProperty),
        Check("to erase what was replaced changes nothing that can be read", erasure),
    ]

    private static func metadataPages(_ store: any SessionStore) async throws {
        #expect(try store.metadata(after: nil, limit: 9) == [])
        let numbers = 0..<40
        for number in numbers {
            try store.apply(StoreSamples.update(number, metadata: [UInt8(number)], body: [1], expiry: 10))
            // Of a value that was replaced, only the last one is there.
            try store.apply(
                StoreSamples.update(number, metadata: [UInt8(number), 1], body: [2], previous: 10, expiry: 10)
            )
        }
        try store.remove(StoreSamples.address(7), expiry: StoreSamples.slot(10))
        let expected = numbers.filter { $0 != 7 }
            .map { StoredMetadata(address: StoreSamples.address($0), value: [UInt8($0), 1]) }
            .sorted { $0.address.bytes.lexicographicallyPrecedes($1.address.bytes) }
        for limit in [1, 2, 13, 38, 39, 40, .max] {
            var found: [StoredMetadata] = []
            while true {
                let page = try store.metadata(after: found.last?.address, limit: limit)
                #expect(page.count <= limit)
                guard !page.isEmpty else { break }
                found += page
            }
            #expect(found == expected, "pages of \(limit)")
        }
        #expect(try store.metadata(after: nil, limit: 0) == [])
    }

    private static func metadataBehindRemoved(_ store: any SessionStore) async throws {
        for number in 0..<3 { try store.apply(StoreSamples.update(number, metadata: [1], body: nil, expiry: 10)) }
        let addresses = try store.metadata(after: nil, limit: 9).map(\.address)
        try #require(addresses.count == 3)
        try store.remove(addresses[1], expiry: StoreSamples.slot(10))
        #expect(try store.metadata(after: addresses[1], limit: 9).map(\.address) == [addresses[2]])
        #expect(try store.metadata(after: addresses[2], limit: 9) == [])
    }

    private static func replacedMetadata(_ store: any SessionStore) async throws {
        let (address, group) = (StoreSamples.address(1), StoreSamples.address(2))
        var update = StoreSamples.update(1, metadata: [1], body: [2], expiry: 10)
        update.expiry = StoreSamples.filing(10, group: group)
        try store.apply(update)
        try store.replaceMetadata(at: address, with: [3, 4])
        #expect(try store.record(at: address) == StoredRecord(metadata: [3, 4], body: [2]))
        #expect(try store.metadata(at: address) == [3, 4])
        #expect(try store.expiryEntries(through: end, limit: 9) == [ExpiryEntry(address, update.expiry)])
        #expect(try store.members(of: group, after: nil, limit: 9) == [address])
    }

    private static func removedProperty(_ store: any SessionStore) async throws {
        let (one, other) = (StoreProperty("test/one"), StoreProperty("test/other"))
        try store.removeProperty(one)
        try store.setProperty(one, to: [1])
        try store.setProperty(other, to: [2])
        try store.removeProperty(one)
        #expect(try store.property(one) == nil)
        #expect(try store.property(other) == [2])
        try store.setProperty(one, to: [3])
        #expect(try store.property(one) == [3])
    }

    private static func erasure(_ store: any SessionStore) async throws {
        try await store.eraseReplaced()
        for round: UInt8 in 1...3 {
            for number in 0..<20 {
                let update = StoreSamples.update(
                    number,
                    metadata: StoreSamples.value([round, UInt8(number)]),
                    body: StoreSamples.value([round]),
                    previous: round == 1 ? nil : UInt64(round - 1),
                    expiry: UInt64(round)
                )
                try store.apply(update)
            }
            try store.setProperty(StoreProperty("test/one"), to: [round])
            try store.remove(StoreSamples.address(5), expiry: StoreSamples.slot(UInt64(round)))
            try await store.eraseReplaced()
            for number in 0..<20 where number != 5 {
                let metadata = StoreSamples.value([round, UInt8(number)])
                let record = StoredRecord(metadata: metadata, body: StoreSamples.value([round]))
                #expect(try store.record(at: StoreSamples.address(number)) == record)
            }
            #expect(try store.record(at: StoreSamples.address(5)) == nil)
            #expect(try store.property(StoreProperty("test/one")) == [round])
            #expect(try store.expiryEntries(through: end, limit: .max).count == 19)
        }
    }
}
