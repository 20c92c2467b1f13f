// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import Testing

extension SessionStoreConformance {
    static let recordChecks: [Check] = [
        Check("record and metadata are nil where nothing was stored", absent),
        Check("values come back byte for byte", exactBytes),
        Check("a body of 4 MiB comes back byte for byte", largeBody),
        Check("an update without a body keeps the body", metadataOnly),
        Check("metadata stored without a body has none", noBody),
        Check("an update with a body replaces both values", replacement),
        Check("remove takes both values and the entry", removal),
        Check("remove without a slot leaves the entries alone", removalWithoutSlot),
        Check("remove of what is not there does nothing", removalOfNothing),
        Check("a removed record can be stored again", removedAndStoredAgain),
    ]

    private static func absent(_ store: any SessionStore) async throws {
        #expect(try store.record(at: StoreSamples.address(1)) == nil)
        #expect(try store.metadata(at: StoreSamples.address(1)) == nil)
        #expect(try store.body(at: StoreSamples.address(1)) == nil)
        try store.apply(StoreSamples.update(2, metadata: [1], body: [2], expiry: 10))
        #expect(try store.record(at: StoreSamples.address(1)) == nil)
    }

    private static func exactBytes(_ store: any SessionStore) async throws {
        let bodies: [[UInt8]] = [[], [0], [0, 0, 0], Array("a\0b".utf8), Array(0...255), StoreSamples.value([7])]
        for (number, body) in bodies.enumerated() {
            let metadata = StoreSamples.value(Array(body.reversed()))
            try store.apply(StoreSamples.update(number, metadata: metadata, body: body, expiry: 10))
        }
        for (number, body) in bodies.enumerated() {
            let address = StoreSamples.address(number)
            let metadata = StoreSamples.value(Array(body.reversed()))
            #expect(try store.record(at: address) == StoredRecord(metadata: metadata, body: body))
            #expect(try store.metadata(at: address) == metadata)
            #expect(try store.body(at: address) == body)
        }
    }

    private static func largeBody(_ store: any SessionStore) async throws {
        let body = StoreSamples.value((0..<(4 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
        try store.apply(StoreSamples.update(1, metadata: [1], body: body, expiry: 10))
        // Compared here and not in the macro, which would print both.
        let same = try store.record(at: StoreSamples.address(1))?.body == body
        #expect(same)
    }

    private static func metadataOnly(_ store: any SessionStore) async throws {
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2, 3], expiry: 10))
        try store.apply(StoreSamples.update(1, metadata: [4], body: nil, previous: 10, expiry: 10))
        #expect(try store.record(at: StoreSamples.address(1)) == StoredRecord(metadata: [4], body: [2, 3]))
    }

    private static func noBody(_ store: any SessionStore) async throws {
        try store.apply(StoreSamples.update(1, metadata: [4], body: nil, expiry: 10))
        #expect(try store.record(at: StoreSamples.address(1)) == StoredRecord(metadata: [4], body: nil))
    }

    private static func replacement(_ store: any SessionStore) async throws {
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2, 3], expiry: 10))
        try store.apply(StoreSamples.update(1, metadata: [4], body: [], previous: 10, expiry: 10))
        #expect(try store.record(at: StoreSamples.address(1)) == StoredRecord(metadata: [4], body: []))
    }

    private static func removal(_ store: any SessionStore) async throws {
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2], expiry: 10))
        try store.apply(StoreSamples.update(2, metadata: [3], body: [4], expiry: 10))
        try store.remove(StoreSamples.address(1), expiry: StoreSamples.slot(10))
        #expect(try store.record(at: StoreSamples.address(1)) == nil)
        #expect(try store.metadata(at: StoreSamples.address(1)) == nil)
        #expect(try store.body(at: StoreSamples.address(1)) == nil)
        #expect(try store.record(at: StoreSamples.address(2)) == StoredRecord(metadata: [3], body: [4]))
        #expect(try store.expiryEntries(through: end, limit: 9) == [StoreSamples.entry(2, at: 10)])
    }

    private static func removalWithoutSlot(_ store: any SessionStore) async throws {
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2], expiry: 10))
        try store.remove(StoreSamples.address(1), expiry: nil)
        #expect(try store.record(at: StoreSamples.address(1)) == nil)
        #expect(try store.expiryEntries(through: end, limit: 9) == [StoreSamples.entry(1, at: 10)])
    }

    private static func removalOfNothing(_ store: any SessionStore) async throws {
        try store.remove(StoreSamples.address(1), expiry: StoreSamples.slot(10))
        try store.remove(StoreSamples.address(1), expiry: nil)
        #expect(try store.record(at: StoreSamples.address(1)) == nil)
        #expect(try store.expiryEntries(through: end, limit: 9) == [])
    }

    private static func removedAndStoredAgain(_ store: any SessionStore) async throws {
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2], expiry: 10))
        try store.remove(StoreSamples.address(1), expiry: StoreSamples.slot(10))
        try store.apply(StoreSamples.update(1, metadata: [3], body: nil, expiry: 10))
        #expect(try store.record(at: StoreSamples.address(1)) == StoredRecord(metadata: [3], body: nil))
        #expect(try store.expiryEntries(through: end, limit: 9) == [StoreSamples.entry(1, at: 10)])
    }
}
