// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomRocksDB
import CloakroomStore
import CloakroomTestKit
import Foundation
import Testing

@Suite("RocksDBStore across closing and opening")
struct RocksDBStorePersistenceTests {
    @Test("keeps records, entries and properties", arguments: [Durability.process, .power])
    func keepsEverything(durability: Durability) throws {
        let directory = try TemporaryDirectory()
        let first = try RocksDBStore(directory: directory.path, durability: durability)
        try first.apply(StoreSamples.update(1, metadata: [1], body: [0, 2, 0], expiry: 10))
        try first.apply(StoreSamples.update(2, metadata: [3], body: [4], expiry: 20))
        try first.apply(StoreSamples.update(2, metadata: [5], body: nil, previous: 20, expiry: 30))
        try first.apply(StoreSamples.update(3, metadata: [6], body: [], expiry: 5))
        try first.remove(StoreSamples.address(3), expiry: StoreSamples.slot(5))
        try first.setProperty(StoreProperty("test"), to: [7])
        first.close()

        let second = try RocksDBStore(directory: directory.path, durability: durability)
        defer { second.close() }
        #expect(second.warnings.isEmpty)
        #expect(try second.record(at: StoreSamples.address(1)) == StoredRecord(metadata: [1], body: [0, 2, 0]))
        #expect(try second.record(at: StoreSamples.address(2)) == StoredRecord(metadata: [5], body: [4]))
        #expect(try second.record(at: StoreSamples.address(3)) == nil)
        #expect(
            try second.expiryEntries(through: UnixTime(seconds: .max), limit: 9)
                == [StoreSamples.entry(1, at: 10), StoreSamples.entry(2, at: 30)]
        )
        #expect(try second.property(StoreProperty("test")) == [7])
    }

    @Test("makes a missing state directory that only its owner can enter")
    func makesTheDirectory() throws {
        let parent = try TemporaryDirectory()
        let path = parent.path(of: "state")
        try RocksDBStore(directory: path, durability: .process).close()
        for made in [path, path + "/rocksdb"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: made)
            #expect(attributes[.posixPermissions] as? Int == 0o700)
        }
    }

    @Test("throws from every call after it is closed, and closes twice")
    func throwsOnceClosed() throws {
        let directory = try TemporaryDirectory()
        let store = try RocksDBStore(directory: directory.path, durability: .process)
        store.close()
        store.close()
        let closed = StoreError(.inputOutput, "")
        let address = StoreSamples.address(1)
        #expect(throws: closed) { try store.record(at: address) }
        #expect(throws: closed) { try store.metadata(at: address) }
        #expect(throws: closed) { try store.apply(StoreSamples.update(1, metadata: [1], body: [2], expiry: 1)) }
        #expect(throws: closed) { try store.remove(address, expiry: nil) }
        #expect(throws: closed) { try store.expiryEntries(through: UnixTime(seconds: 1), limit: 1) }
        #expect(throws: closed) { try store.property(StoreProperty("test")) }
        #expect(throws: closed) { try store.setProperty(StoreProperty("test"), to: [1]) }
        #expect(throws: closed) { try store.synchronize() }
        #expect(throws: closed) { try store.compact() }
    }

    @Test("closes while tasks use it: each call works or throws")
    func closesUnderLoad() async throws {
        let directory = try TemporaryDirectory()
        let store = try RocksDBStore(directory: directory.path, durability: .process)
        await withTaskGroup(of: StoreError?.self) { group in
            for number in 0..<4 {
                group.addTask {
                    do throws(StoreError) {
                        for round in UInt64(1)... {
                            let update = StoreSamples.update(number, metadata: [1], body: [2], expiry: round)
                            try store.apply(update)
                            _ = try store.record(at: update.address)
                            _ = try store.expiryEntries(through: UnixTime(seconds: .max), limit: 3)
                            if round == 100, number == 0 { store.close() }
                        }
                        return nil
                    } catch { return error }
                }
            }
            for await error in group { #expect(error?.code == .inputOutput) }
        }
    }
}
