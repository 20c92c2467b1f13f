// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomRocksDB
import CloakroomStore
import CloakroomTestKit
import Foundation
import Testing

@Suite("Erasing what was replaced")
struct ErasureTests {
    private static let old = Array("sealed under the old key".utf8)
    private static let new = Array("sealed under the new key".utf8)
    private static let property = StoreProperty("test")

    private let files: StoreFiles

    init() throws { files = try StoreFiles() }

    private func open() throws -> RocksDBStore { try RocksDBStore(directory: files.state, durability: .process) }

    private func put(_ marker: [UInt8], _ numbers: Range<Int>, in store: RocksDBStore) throws {
        for number in numbers {
            let metadata = StoreSamples.value(marker + [UInt8](repeating: UInt8(number % 251), count: 200))
            try store.apply(StoreSamples.update(number, metadata: metadata, body: StoreSamples.value([1]), expiry: 10))
        }
    }

    /// The names of the files in which some bytes stand.
    private func names(containing bytes: [UInt8]) throws -> [String] {
        try files.names().filter { Data(try files.contents(of: $0)).range(of: Data(bytes)) != nil }
    }

    @Test("leaves it neither in a log nor in a table, however often it was written")
    func erased() async throws {
        let store = try open()
        defer { store.close() }
        try put(Self.old, 0..<500, in: store)
        try store.setProperty(Self.property, to: Self.old)
        try store.compact()
        try put(Self.old, 300..<800, in: store)
        #expect(try names(containing: Self.old).count > 1)
        for number in 0..<800 {
            try store.replaceMetadata(at: StoreSamples.address(number), with: StoreSamples.value(Self.new))
        }
        try store.setProperty(Self.property, to: Self.new)
        try await store.eraseReplaced()
        #expect(try names(containing: Self.old) == [])
        #expect(try names(containing: Self.new).isEmpty == false)
        #expect(try store.metadata(after: nil, limit: .max).count == 800)
    }

    @Test("leaves nothing of what was removed")
    func removed() async throws {
        let store = try open()
        defer { store.close() }
        try put(Self.old, 0..<100, in: store)
        try store.setProperty(Self.property, to: Self.old)
        try store.compact()
        for number in 0..<100 { try store.remove(StoreSamples.address(number), expiry: StoreSamples.slot(10)) }
        try store.removeProperty(Self.property)
        try await store.eraseReplaced()
        #expect(try names(containing: Self.old) == [])
    }

    @Test("does so after a start, when what there was is not counted yet")
    func afterStart() async throws {
        let first = try open()
        try put(Self.old, 0..<100, in: first)
        try first.setProperty(Self.property, to: Self.old)
        first.close()
        let store = try open()
        defer { store.close() }
        for number in 0..<100 {
            try store.replaceMetadata(at: StoreSamples.address(number), with: StoreSamples.value(Self.new))
        }
        try store.setProperty(Self.property, to: Self.new)
        async let usage = store.usage()
        try await store.eraseReplaced()
        #expect(try names(containing: Self.old) == [])
        _ = try? await usage
        #expect(try await store.usage().sessions == 100)
    }

    @Test("does so beside readers and writers, who lose nothing")
    func concurrent() async throws {
        let store = try open()
        defer { store.close() }
        try put(Self.old, 0..<2000, in: store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<2 {
                group.addTask {
                    for number in stride(from: part, to: 2000, by: 2) {
                        let address = StoreSamples.address(number)
                        let value = StoreSamples.value(Self.new + [UInt8(number % 256)])
                        try store.replaceMetadata(at: address, with: value)
                        #expect(try store.metadata(at: address) == value)
                    }
                }
            }
            group.addTask { for _ in 0..<5 { try await store.eraseReplaced() } }
            try await group.waitForAll()
        }
        try await store.eraseReplaced()
        #expect(try names(containing: Self.old) == [])
        for number in 0..<2000 {
            let value = StoreSamples.value(Self.new + [UInt8(number % 256)])
            #expect(try store.metadata(at: StoreSamples.address(number)) == value)
        }
    }

    @Test("says so when the store is closed")
    func closed() async throws {
        let store = try open()
        try put(Self.old, 0..<10, in: store)
        store.close()
        let error = await #expect(throws: StoreError.self) { try await store.eraseReplaced() }
        #expect(error?.code == .inputOutput)
    }

    @Test("goes on beside writes that fill tables all the time")
    func besideTables() async throws {
        // Of so many that each has the smallest memtables there are.
        let store = try RocksDBStore(directory: files.state, durability: .process, stores: 512)
        defer { store.close() }
        try put(Self.old, 0..<200, in: store)
        let body = StoreSamples.value([UInt8](repeating: 7, count: 8000))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<2 {
                group.addTask {
                    var number = 0
                    while !Task.isCancelled {
                        number += 1
                        let index = 1000 * (writer + 1) + number % 1000
                        let metadata = StoreSamples.value([UInt8](repeating: 3, count: 200))
                        try store.apply(StoreSamples.update(index, metadata: metadata, body: body, expiry: 10))
                        if number.isMultiple(of: 10) { await Task.yield() }
                    }
                }
            }
            for number in 0..<200 {
                try store.replaceMetadata(at: StoreSamples.address(number), with: StoreSamples.value(Self.new))
            }
            for _ in 0..<20 { try await store.eraseReplaced() }
            group.cancelAll()
            try await group.waitForAll()
        }
        // Files come and go as long as it is open.
        store.close()
        #expect(try names(containing: Self.old) == [])
    }
}
