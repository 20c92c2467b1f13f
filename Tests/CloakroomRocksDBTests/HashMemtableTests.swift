// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomRocksDB
import CloakroomStore
import CloakroomTestKit
import Testing

/// Records are found by hash while they are in memory, which must not show.
@Suite("Records in memory")
struct HashMemtableTests {
    private let files: StoreFiles
    private let store: RocksDBStore

    init() throws {
        files = try StoreFiles()
        store = try RocksDBStore(directory: files.state, durability: .process)
    }

    /// Addresses that differ in their last two bytes only.
    private func neighbour(_ number: Int) throws -> SessionAddress {
        let end = [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)]
        return try #require(SessionAddress([UInt8](repeating: 0xAB, count: 30) + end))
    }

    @Test("the newest of many versions is found, in memory and in a table")
    func versions() throws {
        defer { store.close() }
        for version in 0..<3000 {
            let value = Array("version \(version)".utf8)
            let previous: UInt64? = version == 0 ? nil : 10
            try store.apply(StoreSamples.update(1, metadata: value, body: value, previous: previous, expiry: 10))
        }
        let last = Array("version 2999".utf8)
        #expect(try store.record(at: StoreSamples.address(1)) == StoredRecord(metadata: last, body: last))
        try store.compact()
        #expect(try store.record(at: StoreSamples.address(1)) == StoredRecord(metadata: last, body: last))
    }

    @Test("addresses that begin alike are told apart", arguments: [false, true])
    func neighbours(_ compacted: Bool) throws {
        defer { store.close() }
        let count = 3000
        for number in 0..<count {
            let value = Array(String(number).utf8)
            let update = RecordUpdate(
                address: try neighbour(number),
                metadata: value,
                body: value,
                previousExpiry: nil,
                expiry: StoreSamples.filing(UInt64(number % 7))
            )
            try store.apply(update)
        }
        for number in stride(from: 0, to: count, by: 3) {
            try store.remove(try neighbour(number), expiry: StoreSamples.slot(UInt64(number % 7)))
        }
        if compacted { try store.compact() }
        for number in 0..<count {
            let value = Array(String(number).utf8)
            let record = number % 3 == 0 ? nil : StoredRecord(metadata: value, body: value)
            #expect(try store.record(at: try neighbour(number)) == record)
        }
        #expect(try store.record(at: try neighbour(count)) == nil)
        let expected = try (UInt64(0)..<7).flatMap { slot in
            try (0..<count).filter { UInt64($0 % 7) == slot && $0 % 3 != 0 }.map {
                ExpiryEntry(try neighbour($0), StoreSamples.filing(slot))
            }
        }
        #expect(try store.expiryEntries(through: UnixTime(seconds: .max), limit: .max) == expected)
    }

    @Test("an emptiness check sees records that are only in memory")
    func nothingButRecords() throws {
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2], expiry: 10))
        store.close()
        let again = try RocksDBStore(directory: files.state, durability: .process)
        defer { again.close() }
        #expect(try again.metadata(at: StoreSamples.address(1)) == [1])
    }
}
