// SPDX-License-Identifier: Apache-2.0

import CloakroomStore
import CloakroomTestKit
import Foundation
import Testing

@testable import CloakroomRocksDB

@Suite("Usage")
struct UsageTests {
    private let files: StoreFiles

    init() throws { files = try StoreFiles() }

    private func open() throws -> RocksDBStore { try RocksDBStore(directory: files.state, durability: .process) }

    /// A store with so many sessions, each of 3 KiB, opened again.
    private func reopened(sessions: Int) throws -> RocksDBStore {
        let store = try open()
        for number in 0..<sessions {
            try store.apply(StoreSamples.update(number, metadata: [1], body: [2], expiry: UInt64(number / 7)))
        }
        store.close()
        return try open()
    }

    @Test("is what was filed at the opening, in batches, whatever was written since", arguments: [1, 4096, 9000])
    func opening(_ count: Int) async throws {
        let store = try reopened(sessions: count)
        defer { store.close() }
        try store.remove(StoreSamples.address(0), expiry: StoreSamples.slot(0))
        try store.apply(StoreSamples.update(count, metadata: [1], body: [2], expiry: 0, kibibytes: 1000))
        let expected = StoreUsage(sessions: UInt64(count), kibibytes: UInt64(count) * 3)
        #expect(try await store.usage() == expected)
        #expect(try await store.usage() == expected, "asked again")
    }

    @Test("is the sum of what a history of changes left")
    func history() async throws {
        let history = History(changes: 500, largest: 1000, seed: 3)
        let store = try open()
        try history.apply(to: store)
        store.close()
        let again = try open()
        defer { again.close() }
        var expected = StoreUsage()
        for filing in history.last.filings.values { expected.add(filing) }
        #expect(try await again.usage() == expected)
    }

    @Test("an entry without a size counts as a session of 0 KiB")
    func withoutSize() async throws {
        try reopened(sessions: 2).close()
        try write([], to: StoreSamples.entry(5, at: 10))
        let store = try open()
        defer { store.close() }
        #expect(try await store.usage() == StoreUsage(sessions: 3, kibibytes: 6))
        #expect(try store.filing(of: StoreSamples.address(5), under: StoreSamples.slot(10))?.kibibytes == 0)
    }

    @Test("an entry of another length is a fault", arguments: [1, 3, 5, 8])
    func strange(_ length: Int) async throws {
        try reopened(sessions: 2).close()
        try write([UInt8](repeating: 0, count: length), to: StoreSamples.entry(5, at: 10))
        let store = try open()
        defer { store.close() }
        await #expect(throws: StoreError(.corruption, "")) { try await store.usage() }
        #expect(throws: StoreError(.corruption, "")) {
            try store.filing(of: StoreSamples.address(5), under: StoreSamples.slot(10))
        }
    }

    /// Writes the value of an entry past the store.
    private func write(_ value: [UInt8], to entry: ExpiryEntry) throws {
        let database = try Database(path: files.state + "/rocksdb", directory: files.state, recovery: .exact)
        let batch = WriteBatch(for: database)
        ExpiryKey(entry.slot, entry.address).withUnsafeBytes { batch.put(value, at: $0, in: .expiry) }
        try database.write(batch, WriteOptions(sync: false))
    }

    @Test("counting stops when its task is cancelled, and can begin anew")
    func cancelled() async throws {
        let store = try reopened(sessions: 5000)
        defer { store.close() }
        let counting = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await store.usage()
        }
        await #expect(throws: StoreError(.cancelled, "")) { try await counting.value }
        #expect(try await store.usage().sessions == 5000)
    }

    @Test("counting stops when the store is closed")
    func closed() async throws {
        let store = try reopened(sessions: 5000)
        store.close()
        await #expect(throws: StoreError(.inputOutput, "")) { try await store.usage() }
    }

    @Test("what was removed stays on disk only until it was counted")
    func release() async throws {
        let store = try open()
        let body = [UInt8](repeating: 7, count: 100_000)
        for number in 0..<20 {
            try store.apply(StoreSamples.update(number, metadata: [1], body: body, expiry: 10))
        }
        store.close()
        let again = try open()
        defer { again.close() }
        for number in 0..<20 { try again.remove(StoreSamples.address(number), expiry: StoreSamples.slot(10)) }
        try again.compact()
        #expect(try size() > 2_000_000)
        #expect(try await again.usage().sessions == 20)
        try again.compact()
        #expect(try size() < 100_000)
    }

    /// The bytes in table files.
    private func size() throws -> Int { try files.tables().reduce(0) { try $0 + files.contents(of: $1).count } }
}
