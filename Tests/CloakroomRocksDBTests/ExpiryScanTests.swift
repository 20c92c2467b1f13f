// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomRocksDB
import CloakroomStore
import CloakroomProcessKit
import CloakroomTestKit
import Testing

@Suite("Scans of expiry entries")
struct ExpiryScanTests {
    private static let end = UnixTime(seconds: .max)
    private let files: StoreFiles
    private let store: RocksDBStore

    init() throws {
        files = try StoreFiles()
        store = try RocksDBStore(directory: files.state, durability: .process)
    }

    @Test("live entries are found behind a hundred thousand removed ones, also after opening again")
    func behindDeletions() throws {
        let count = 100_000
        for number in 0..<count {
            let slot = UInt64(1 + number / 100)
            try store.apply(StoreSamples.update(number, metadata: [1], body: nil, expiry: slot))
        }
        for number in 0..<count {
            try store.remove(StoreSamples.address(number), expiry: StoreSamples.slot(UInt64(1 + number / 100)))
        }
        try store.apply(StoreSamples.update(count, metadata: [1], body: nil, expiry: 5000))
        let live = StoreSamples.entry(count, at: 5000)
        #expect(try store.expiryEntries(through: UnixTime(seconds: 4999), limit: 9) == [])
        #expect(try store.expiryEntries(through: UnixTime(seconds: 5000), limit: 9) == [live])
        // Behind what was found already, and before it.
        try store.apply(StoreSamples.update(count + 1, metadata: [1], body: nil, expiry: 6000))
        try store.apply(StoreSamples.update(count + 2, metadata: [1], body: nil, expiry: 500))
        let all = [StoreSamples.entry(count + 2, at: 500), live, StoreSamples.entry(count + 1, at: 6000)]
        #expect(try store.expiryEntries(through: Self.end, limit: 9) == all)
        store.close()
        let again = try RocksDBStore(directory: files.state, durability: .process)
        defer { again.close() }
        #expect(try again.expiryEntries(through: UnixTime(seconds: 499), limit: 9) == [])
        #expect(try again.expiryEntries(through: Self.end, limit: 9) == all)
    }

    @Test("a session whose slot moves on and on has one entry")
    func movedOften() throws {
        defer { store.close() }
        var previous: UInt64?
        for slot in UInt64(1)...5000 {
            try store.apply(StoreSamples.update(1, metadata: [1], body: nil, previous: previous, expiry: slot))
            previous = slot
            // As the sweep looks while the session lives.
            if slot % 500 == 0 {
                #expect(try store.expiryEntries(through: UnixTime(seconds: slot - 1), limit: 9) == [])
            }
        }
        #expect(try store.expiryEntries(through: Self.end, limit: 9) == [StoreSamples.entry(1, at: 5000)])
    }

    @Test("entries are met in order across memory and tables")
    func acrossTables() throws {
        defer { store.close() }
        var generator = SeededGenerator(seed: 5)
        var expected: [ExpiryEntry] = []
        for number in 0..<900 {
            let slot = UInt64.random(in: 1...50, using: &generator)
            try store.apply(StoreSamples.update(number, metadata: [1], body: nil, expiry: slot))
            expected.append(StoreSamples.entry(number, at: slot))
            if number % 300 == 200 { try store.compact() }
        }
        expected.sort {
            $0.slot == $1.slot ? $0.address.bytes.lexicographicallyPrecedes($1.address.bytes) : $0.slot < $1.slot
        }
        #expect(try store.expiryEntries(through: Self.end, limit: .max) == expected)
        let half = expected.prefix { $0.slot.time.seconds <= 25 }
        #expect(try store.expiryEntries(through: UnixTime(seconds: 25), limit: .max) == Array(half))
    }
}
