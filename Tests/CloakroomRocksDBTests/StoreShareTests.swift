// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import CloakroomStore
import Testing

@testable import CloakroomRocksDB

@Suite struct StoreShareTests {
    @Test func fewStoresHaveAllAndManyShareItOut() {
        #expect(StoreShare(stores: 1) == StoreShare(stores: 4))
        #expect(StoreShare(stores: 1).memtableSize(.body) == 64 << 20)
        #expect(StoreShare(stores: 8).memtableSize(.body) == 32 << 20)
        #expect(StoreShare(stores: 64).memtableSize(.body) == 4 << 20)
        #expect(StoreShare(stores: 10_000) == StoreShare(stores: 64))
        #expect(StoreShare(stores: 64).memtableSize(.properties) == 64 << 10)
        for stores in 1...64 {
            let memory = ColumnFamily.allCases.reduce(0) { $0 + StoreShare(stores: stores).memtableSize($1) } * stores
            #expect(memory <= 4 * 97 << 20, "\(stores)")
        }
    }

    @Test func descriptorsAreThoseOfAllStores() {
        #expect(RocksDBStore.descriptors(stores: 1) == 272)
        #expect(RocksDBStore.descriptors(stores: 4) == 4 * 272)
        #expect(RocksDBStore.descriptors(stores: 50) == 50 * 48)
    }

    @Test func storeOfManyTakesLittleOfTheDisk() throws {
        let directory = try TemporaryDirectory()
        let store = try RocksDBStore(directory: directory.path(of: "state"), durability: .process, stores: 64)
        defer { store.close() }
        try store.setProperty(StoreProperty("x"), to: [1])
        let used = try DaemonProcess.run("/usr/bin/du", ["-sk", directory.path])
        let kibibytes = try #require(Int(used.output.prefix { $0.isNumber }))
        #expect(kibibytes < 16 << 10, "\(used.output)")
    }
}
