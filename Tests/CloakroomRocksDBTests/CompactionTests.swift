// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomRocksDB
import CloakroomStore
import CloakroomTestKit
import Foundation
import Testing

@Suite("Compaction")
struct CompactionTests {
    private let files: StoreFiles
    private let store: RocksDBStore
    private let now = UInt64(Date().timeIntervalSince1970)

    init() throws {
        files = try StoreFiles()
        store = try RocksDBStore(directory: files.state, durability: .process)
    }

    /// Stores a record whose two values have the same header.
    private func put(_ number: Int, expires: UInt64) throws {
        let metadata = StoreSamples.value([1], expires: expires)
        let body = StoreSamples.value([2, 3], expires: expires)
        try store.apply(StoreSamples.update(number, metadata: metadata, body: body, expiry: expires))
    }

    @Test(
        "drops records whose time has passed for more than a minute",
        arguments: [0, 1, 62, 3600, 1_000_000] as [UInt64]
    )
    func expired(_ age: UInt64) throws {
        defer { store.close() }
        let expires = age == 0 ? 0 : now - age
        try put(1, expires: expires)
        try store.compact()
        let record = try store.record(at: StoreSamples.address(1))
        #expect((record == nil) == (age != 1), "one second is within the margin")
        #expect(try store.metadata(at: StoreSamples.address(1)) == record?.metadata)
        // The sweep needs the entry to count and report the session.
        #expect(
            try store.expiryEntries(through: UnixTime(seconds: .max), limit: 9) == [StoreSamples.entry(1, at: expires)]
        )
    }

    @Test("goes by the clock that it was given")
    func ownClock() throws {
        store.close()
        let early = try RocksDBStore(
            directory: files.state,
            durability: .process,
            clock: CompactionClock { UnixTime(seconds: 1000) }
        )
        for expires in [939, 940, 1000] as [UInt64] {
            let value = StoreSamples.value([1], expires: expires)
            let update = StoreSamples.update(Int(expires), metadata: value, body: value, expiry: expires)
            try early.apply(update)
        }
        try early.compact()
        for (number, isKept) in [(939, false), (940, true), (1000, true)] {
            #expect(try (early.record(at: StoreSamples.address(number)) != nil) == isKept)
        }
        early.close()
    }

    @Test("keeps records whose time has not come", arguments: [0, 1, 3600, 1 << 62] as [UInt64])
    func live(_ left: UInt64) throws {
        defer { store.close() }
        try put(1, expires: now + left)
        try store.compact()
        #expect(try store.record(at: StoreSamples.address(1))?.body?.suffix(2) == [2, 3])
    }

    @Test(
        "keeps a record whose time is close to the end of all time",
        arguments: [UInt64.max, UInt64.max - 59, UInt64.max - 60]
    )
    func farFuture(_ expires: UInt64) throws {
        defer { store.close() }
        try put(1, expires: expires)
        try store.compact()
        #expect(try store.record(at: StoreSamples.address(1)) != nil)
    }

    @Test("keeps values that it does not understand")
    func unknown() throws {
        defer { store.close() }
        let values: [[UInt8]] = [
            [], [1], [1, 0, 0, 0, 0, 0, 0, 0], [0] + [UInt8](repeating: 0, count: 20),
            [2] + [UInt8](repeating: 0, count: 20), [0xFF] + [UInt8](repeating: 0, count: 20),
        ]
        for (number, value) in values.enumerated() {
            try store.apply(StoreSamples.update(number, metadata: value, body: value, expiry: 1))
        }
        try store.compact()
        for (number, value) in values.enumerated() {
            let record = StoredRecord(metadata: value, body: value)
            #expect(try store.record(at: StoreSamples.address(number)) == record)
        }
    }

    @Test("judges the two values of a record each by its own header")
    func separateHeaders() throws {
        defer { store.close() }
        let old = StoreSamples.value([1], expires: 1)
        let new = StoreSamples.value([2], expires: now + 100)
        try store.apply(StoreSamples.update(1, metadata: new, body: old, expiry: 1))
        try store.apply(StoreSamples.update(2, metadata: old, body: new, expiry: 1))
        try store.compact()
        #expect(try store.record(at: StoreSamples.address(1)) == StoredRecord(metadata: new, body: nil))
        #expect(try store.record(at: StoreSamples.address(2)) == nil)
    }

    @Test("judges the newest version of a record, and brings no older one back")
    func newestVersion() throws {
        defer { store.close() }
        try put(1, expires: 1)
        try put(2, expires: now + 1000)
        try store.compact()
        try put(1, expires: now + 1000)
        try put(2, expires: 1)
        try store.compact()
        #expect(try store.record(at: StoreSamples.address(1)) != nil)
        #expect(try store.record(at: StoreSamples.address(2)) == nil)
    }

    @Test("leaves properties alone, and what it dropped stays away after opening again")
    func reopened() throws {
        // Properties have no header; this one looks like an expired one.
        try store.setProperty(StoreProperty("test"), to: StoreSamples.value([7], expires: 1))
        try put(1, expires: 1)
        try put(2, expires: now + 1000)
        try store.compact()
        store.close()
        let again = try RocksDBStore(directory: files.state, durability: .process)
        defer { again.close() }
        #expect(try again.property(StoreProperty("test")) == StoreSamples.value([7], expires: 1))
        #expect(try again.record(at: StoreSamples.address(1)) == nil)
        #expect(try again.record(at: StoreSamples.address(2)) != nil)
    }

    @Test("goes on beside readers and writers")
    func concurrent() async throws {
        defer { store.close() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<2 {
                group.addTask {
                    for round in 1...300 {
                        let metadata = StoreSamples.value([UInt8(part), UInt8(round % 256)])
                        try store.apply(StoreSamples.update(part, metadata: metadata, body: metadata, expiry: 10))
                        let record = try store.record(at: StoreSamples.address(part))
                        #expect(record == StoredRecord(metadata: metadata, body: metadata))
                    }
                }
            }
            group.addTask { for _ in 0..<8 { try store.compact() } }
            try await group.waitForAll()
        }
    }
}
