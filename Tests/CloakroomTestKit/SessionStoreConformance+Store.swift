// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import Testing

extension SessionStoreConformance {
    static let storeChecks: [Check] = [
        Check("a property is nil until it is set, then the last value", properties),
        Check("synchronize changes nothing", synchronization),
        Check("tasks on different addresses do not disturb each other", concurrency),
        Check("a reader never sees metadata of one update and a body of another", atomicity),
    ]

    private static func properties(_ store: any SessionStore) async throws {
        let name = StoreProperty("test/one")
        #expect(try store.property(name) == nil)
        try store.setProperty(name, to: [0, 1, 0])
        #expect(try store.property(name) == [0, 1, 0])
        try store.setProperty(name, to: [])
        #expect(try store.property(name) == [])
        #expect(try store.property(StoreProperty("test/on")) == nil)
        #expect(try store.property(StoreProperty("test/one/more")) == nil)
    }

    private static func synchronization(_ store: any SessionStore) async throws {
        try store.synchronize()
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2], expiry: 10))
        try store.synchronize()
        #expect(try store.record(at: StoreSamples.address(1)) == StoredRecord(metadata: [1], body: [2]))
    }

    private static func concurrency(_ store: any SessionStore) async throws {
        let tasks = 32
        let rounds = 50
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<tasks {
                group.addTask { try await exercise(store, number, rounds) }
            }
            try await group.waitForAll()
        }
        let entries = try store.expiryEntries(through: end, limit: .max)
        #expect(entries.count == tasks / 2)
        #expect(entries.allSatisfy { $0.slot == StoreSamples.slot(UInt64(rounds)) })
    }

    /// Writes a record again and again, reads each back, and removes it at the end if its number is odd.
    private static func exercise(_ store: any SessionStore, _ number: Int, _ rounds: Int) async throws {
        let address = StoreSamples.address(number)
        for round in 1...rounds {
            let metadata = [UInt8(number), UInt8(round)]
            let body = [UInt8](repeating: UInt8(number), count: round * 10)
            let previous = round == 1 ? nil : UInt64(round - 1)
            try store.apply(
                StoreSamples.update(number, metadata: metadata, body: body, previous: previous, expiry: UInt64(round))
            )
            #expect(try store.record(at: address) == StoredRecord(metadata: metadata, body: body))
        }
        guard number % 2 == 1 else { return }
        try store.remove(address, expiry: StoreSamples.slot(UInt64(rounds)))
        #expect(try store.record(at: address) == nil)
    }

    private static func atomicity(_ store: any SessionStore) async throws {
        let rounds = 2000
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for round in 0...rounds {
                    let value = Array(String(round).utf8)
                    let previous: UInt64? = round == 0 ? nil : 10
                    try store.apply(
                        StoreSamples.update(1, metadata: value, body: value, previous: previous, expiry: 10)
                    )
                }
            }
            group.addTask {
                var last: StoredRecord?
                while last?.metadata != Array(String(rounds).utf8) {
                    last = try store.record(at: StoreSamples.address(1))
                    #expect(last?.metadata == last?.body)
                    await Task.yield()
                }
            }
            try await group.waitForAll()
        }
    }
}
