// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import CloakroomRocksDB
import CloakroomStore
import CloakroomTestKit
import Foundation
import Testing

/// What a store sets aside for a backup.
@Suite("A checkpoint", .timeLimit(.minutes(10)))
struct CheckpointTests {
    private let files: StoreFiles
    private let store: RocksDBStore

    init() throws {
        files = try StoreFiles()
        store = try RocksDBStore(directory: files.state, durability: .process)
    }

    private func put(_ number: Int, _ value: UInt8) throws {
        try store.apply(StoreSamples.update(number, metadata: [value], body: [value], expiry: 10))
    }

    /// Opens a copy of a checkpoint as a store.
    private func opened(_ checkpoint: String) throws -> (RocksDBStore, StoreFiles) {
        let copy = try StoreFiles()
        try FileManager.default.createDirectory(
            atPath: copy.state,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        try FileManager.default.copyItem(atPath: checkpoint, toPath: copy.state + "/rocksdb")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: copy.state + "/rocksdb")
        return (try RocksDBStore(directory: copy.state, durability: .process), copy)
    }

    @Test("has what was written before, and nothing that came later")
    func contents() async throws {
        for number in 0...100 { try put(number, 1) }
        let path = try await store.makeCheckpoint()
        try put(0, 2)
        try put(101, 2)
        try store.compact()
        let (copy, files) = try opened(path)
        defer { copy.close() }
        for number in 0...100 {
            #expect(try copy.record(at: StoreSamples.address(number))?.body == [1], "record \(number)")
        }
        #expect(try copy.record(at: StoreSamples.address(101)) == nil)
        #expect(copy.warnings.isEmpty)
        #expect(try store.record(at: StoreSamples.address(0))?.body == [2])
        withExtendedLifetime(files) {}
    }

    @Test("is in the state directory, of which tables are links, and goes when it is removed")
    func place() async throws {
        try put(1, 1)
        // Tables, not only a log.
        try await store.eraseReplaced()
        let path = try await store.makeCheckpoint()
        #expect(path == files.state + "/checkpoint")
        let table = try #require(
            try FileManager.default.contentsOfDirectory(atPath: path).first { $0.hasSuffix(".sst") }
        )
        let links = try FileManager.default.attributesOfItem(atPath: "\(path)/\(table)")[.referenceCount] as? Int
        #expect(links == 2)
        try store.removeCheckpoint()
        #expect(try FileManager.default.contentsOfDirectory(atPath: files.state) == ["rocksdb"])
        try store.removeCheckpoint()
    }

    @Test("replaces an earlier one, and what was left of one")
    func replacement() async throws {
        try put(1, 1)
        _ = try await store.makeCheckpoint()
        try put(1, 2)
        try FileManager.default.createDirectory(
            atPath: files.state + "/checkpoint.tmp",
            withIntermediateDirectories: false
        )
        try Data([1]).write(to: URL(filePath: files.state + "/checkpoint.tmp/000001.sst"))
        let (copy, files) = try opened(try await store.makeCheckpoint())
        defer { copy.close() }
        #expect(try copy.record(at: StoreSamples.address(1))?.body == [2])
        withExtendedLifetime(files) {}
    }

    @Test("that a daemon has left is removed at the next opening")
    func leftover() async throws {
        try put(1, 1)
        _ = try await store.makeCheckpoint()
        store.close()
        let again = try RocksDBStore(directory: files.state, durability: .process)
        defer { again.close() }
        #expect(again.warnings.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: files.state) == ["rocksdb"])
    }

    @Test("that cannot be removed at the opening is a warning")
    func strangeLeftover() throws {
        store.close()
        try FileManager.default.createDirectory(
            atPath: files.state + "/checkpoint/strange",
            withIntermediateDirectories: true
        )
        let again = try RocksDBStore(directory: files.state, durability: .process)
        defer { again.close() }
        #expect(again.warnings.count == 1)
        #expect(again.warnings.first?.contains("/checkpoint") == true, "\(again.warnings)")
    }

    @Test("of a store that is closed is an error, as is one that finds no place, and both do no harm")
    func faults() async throws {
        try put(1, 1)
        try FileManager.default.createDirectory(
            atPath: files.state + "/checkpoint/strange",
            withIntermediateDirectories: true
        )
        await #expect(throws: StoreError.self) { try await store.makeCheckpoint() }
        try FileManager.default.removeItem(atPath: files.state + "/checkpoint")
        try put(2, 1)
        _ = try await store.makeCheckpoint()
        store.close()
        await #expect(throws: StoreError.self) { try await store.makeCheckpoint() }
    }

    @Test(
        "that is made while others write has every record that was there before, in a store that opens",
        arguments: 0..<5
    )
    func underLoad(_ round: Int) async throws {
        let store = store
        let stop = StopFlag()
        // Large ones, so that the log grows by parts of a record.
        let body = [UInt8](repeating: UInt8(round), count: 200_000)
        let writer = Thread {
            var number = 1000
            while !stop.isSet {
                try? store.apply(StoreSamples.update(number, metadata: [9], body: body, expiry: 10))
                number += 1
                if number == 1100 { number = 1000 }
            }
            stop.noteEnd()
        }
        writer.start()
        for number in 0..<400 { try put(number, UInt8(round)) }
        let path = try await store.makeCheckpoint()
        stop.set()
        stop.waitForEnd()
        let (copy, files) = try opened(path)
        defer { copy.close() }
        for number in 0..<400 {
            #expect(try copy.record(at: StoreSamples.address(number))?.body == [UInt8(round)], "record \(number)")
        }
        withExtendedLifetime(files) {}
    }
}

/// Ends a thread, and waits for that.
private final class StopFlag: @unchecked Sendable {
    private let condition = NSCondition()
    private var flag = false
    private var hasEnded = false

    var isSet: Bool { condition.withLock { flag } }
    func set() { condition.withLock { flag = true } }
    func noteEnd() {
        condition.withLock {
            hasEnded = true
            condition.signal()
        }
    }
    func waitForEnd() { condition.withLock { while !hasEnded { condition.wait() } } }
}
