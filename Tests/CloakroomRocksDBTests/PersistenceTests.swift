// SPDX-License-Identifier: Apache-2.0

import CloakroomRocksDB
import CloakroomStore
import CloakroomTestKit
import Testing

@Suite("What was written is there later")
struct PersistenceTests {
    private static let name = StoreProperty("pool/default/address-key")

    @Test("everything is there after closing and opening", arguments: [Durability.process, .power])
    func closed(_ durability: Durability) throws {
        let files = try StoreFiles()
        let history = History(changes: 100, largest: 100_000, seed: 1)
        let store = try RocksDBStore(directory: files.state, durability: durability)
        try history.apply(to: store)
        try store.setProperty(Self.name, to: [1, 0, 2])
        store.close()
        // Twice: the first opening reads the log, the second what the first one made of it.
        for _ in 0..<2 {
            let again = try RocksDBStore(directory: files.state, durability: durability)
            defer { again.close() }
            #expect(try History.Contents(of: again) == history.last)
            #expect(try again.property(Self.name) == [1, 0, 2])
            #expect(again.warnings.isEmpty)
        }
    }

    @Test("everything is there after a kill", arguments: [Durability.process, .power])
    func killed(_ durability: Durability) throws {
        let files = try StoreFiles()
        let history = History(changes: 100, largest: 100_000, seed: 2)
        let store = try RocksDBStore(directory: files.state, durability: durability)
        defer { store.close() }
        try store.setProperty(Self.name, to: [3])
        try history.apply(to: store)
        let copied = try StoreFiles(copying: files)
        let copy = try RocksDBStore(directory: copied.state, durability: durability)
        defer { copy.close() }
        #expect(try History.Contents(of: copy) == history.last)
        #expect(try copy.property(Self.name) == [3])
        #expect(copy.warnings.isEmpty)
    }

    @Test("everything is there after a kill when part of it is in tables")
    func killedAfterCompaction() throws {
        let files = try StoreFiles()
        let history = History(changes: 100, largest: 2_000, seed: 3)
        let store = try RocksDBStore(directory: files.state, durability: .process)
        defer { store.close() }
        var applied = 0
        try history.apply(to: store) {
            applied += 1
            if applied % 30 == 0 { try store.compact() }
        }
        #expect(try !files.tables().isEmpty)
        let copied = try StoreFiles(copying: files)
        let copy = try RocksDBStore(directory: copied.state, durability: .process)
        defer { copy.close() }
        #expect(try History.Contents(of: copy) == history.last)
    }

    @Test("a removed record stays removed after a kill")
    func removed() throws {
        let files = try StoreFiles()
        let store = try RocksDBStore(directory: files.state, durability: .process)
        defer { store.close() }
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2], expiry: 10))
        try store.compact()
        try store.remove(StoreSamples.address(1), expiry: StoreSamples.slot(10))
        let copied = try StoreFiles(copying: files)
        let copy = try RocksDBStore(directory: copied.state, durability: .process)
        defer { copy.close() }
        #expect(try copy.record(at: StoreSamples.address(1)) == nil)
        #expect(try History.Contents(of: copy) == History.Contents())
    }
}
