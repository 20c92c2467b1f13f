// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomRocksDB
import CloakroomStore
import CloakroomTestKit
import Foundation
import Testing

@Suite("Compaction")
struct CompactionTests {
    private static func now() -> UInt64 { UInt64(Date.now.timeIntervalSince1970) }

    private func survives(_ value: [UInt8]) throws -> Bool {
        let directory = try TemporaryDirectory()
        let store = try RocksDBStore(directory: directory.path, durability: .process)
        defer { store.close() }
        // The other value lives, so that each of the two column families is seen to drop its own.
        let live = StoreSamples.value([9], expires: .max)
        try store.apply(StoreSamples.update(1, metadata: value, body: live, expiry: 10))
        try store.apply(StoreSamples.update(2, metadata: live, body: value, expiry: 10))
        try store.compact()
        let kept = try store.metadata(at: StoreSamples.address(1)) == value
        #expect(try store.record(at: StoreSamples.address(2)) == StoredRecord(metadata: live, body: kept ? value : nil))
        return kept
    }

    @Test("drops metadata and bodies whose time has passed", arguments: [UInt64(0), 61, 3600])
    func dropsExpired(age: UInt64) throws {
        // An age of 0 stands for the beginning of time.
        let expires = age == 0 ? 0 : Self.now() - age - 2
        #expect(try !survives(StoreSamples.value([1, 2], expires: expires)))
    }

    @Test("keeps what is alive, or expired less than a minute ago")
    func keepsLive() throws {
        for expires in [Self.now() - 10, Self.now() + 10, .max] {
            #expect(try survives(StoreSamples.value([1, 2], expires: expires)))
        }
    }

    @Test(
        "keeps what it does not understand",
        arguments: [
            [], [1], [1, 0, 0, 0, 0, 0, 0, 0], [2] + [UInt8](repeating: 0, count: 20),
            [0] + [UInt8](repeating: 0, count: 8),
        ]
            as [[UInt8]]
    )
    func keepsUnknown(value: [UInt8]) throws {
        #expect(try survives(value))
    }

    @Test("leaves expiry entries to the sweep")
    func keepsEntries() throws {
        let directory = try TemporaryDirectory()
        let store = try RocksDBStore(directory: directory.path, durability: .process)
        defer { store.close() }
        let value = StoreSamples.value([1], expires: 1)
        try store.apply(StoreSamples.update(1, metadata: value, body: value, expiry: 1))
        try store.compact()
        #expect(try store.record(at: StoreSamples.address(1)) == nil)
        #expect(
            try store.expiryEntries(through: UnixTime(seconds: .max), limit: 9) == [StoreSamples.entry(1, at: 1)]
        )
    }
}
