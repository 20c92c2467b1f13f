// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomRocksDB
import CloakroomStore
import CloakroomTestKit
import Foundation
import Testing

@Suite("RocksDBStore after damage")
struct DamageTests {
    private static let count = 120

    private static func record(_ number: Int) -> StoredRecord {
        let body = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 100 + number * 7 % 900)
        return StoredRecord(metadata: StoreSamples.value([UInt8(number)]), body: StoreSamples.value(body))
    }

    private static func fill(_ store: RocksDBStore) throws {
        for number in 0..<count {
            let record = record(number)
            try store.apply(
                StoreSamples.update(number, metadata: record.metadata, body: record.body, expiry: UInt64(number))
            )
        }
    }

    private static func files(_ directory: TemporaryDirectory, ending: String) throws -> [String] {
        let path = directory.path(of: "rocksdb")
        return try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(ending) }.sorted()
            .map { path + "/" + $0 }
    }

    /// Copies the files of an open store: what `kill -9` at this moment would leave, as the log is in the kernel.
    private static func crashed(_ directory: TemporaryDirectory) throws -> TemporaryDirectory {
        let copy = try TemporaryDirectory()
        try FileManager.default.copyItem(atPath: directory.path(of: "rocksdb"), toPath: copy.path(of: "rocksdb"))
        return copy
    }

    @Test("finds every record after a crash, and warns of nothing")
    func crash() throws {
        let directory = try TemporaryDirectory()
        let store = try RocksDBStore(directory: directory.path, durability: .process)
        defer { store.close() }
        try Self.fill(store)
        let copy = try Self.crashed(directory)
        let recovered = try RocksDBStore(directory: copy.path, durability: .process)
        defer { recovered.close() }
        #expect(recovered.warnings.isEmpty)
        for number in 0..<Self.count {
            #expect(try recovered.record(at: StoreSamples.address(number)) == Self.record(number))
        }
    }

    @Test("starts with a write-ahead log cut off anywhere: earlier records are whole, later ones absent")
    func truncatedLog() throws {
        let directory = try TemporaryDirectory()
        let store = try RocksDBStore(directory: directory.path, durability: .process)
        defer { store.close() }
        try Self.fill(store)
        let log = try #require(try Self.files(directory, ending: ".log").last)
        let size = try #require(try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int)
        var generator = SplitMix(seed: 1)
        var warned = 0
        for _ in 0..<50 {
            let copy = try Self.crashed(directory)
            let copied = copy.path(of: "rocksdb/" + URL(filePath: log).lastPathComponent)
            try #require(truncate(copied, generator.next(below: size)) == 0)
            warned += try Self.checkPrefix(copy) ? 1 : 0
        }
        // A cut between two records cannot be told from a log that ends there; nearly all cuts are inside one.
        #expect(warned >= 40)
    }

    /// Opens a store whose log lost its end, checks it, writes to it and opens it again; answers whether it warned.
    private static func checkPrefix(_ directory: TemporaryDirectory) throws -> Bool {
        let store = try RocksDBStore(directory: directory.path, durability: .process)
        let found = try (0..<count).map { try store.record(at: StoreSamples.address($0)) }
        let kept = found.prefix { $0 != nil }.count
        #expect(found.prefix(kept).enumerated().allSatisfy { $0.element == record($0.offset) })
        #expect(found.dropFirst(kept).allSatisfy { $0 == nil })
        let entries = try store.expiryEntries(through: UnixTime(seconds: .max), limit: .max)
        #expect(entries == (0..<kept).map { StoreSamples.entry($0, at: UInt64($0)) })
        try store.apply(StoreSamples.update(1000, metadata: [1], body: [2], expiry: 10))
        store.close()
        let again = try RocksDBStore(directory: directory.path, durability: .process)
        defer { again.close() }
        #expect(again.warnings.isEmpty)
        #expect(try again.record(at: StoreSamples.address(1000)) == StoredRecord(metadata: [1], body: [2]))
        #expect(try again.property(StoreProperty("format")) == Array("1".utf8))
        return !store.warnings.isEmpty
    }

    @Test("answers a fault or the right bytes, never wrong ones, when a byte of a file of records is flipped")
    func flippedByte() throws {
        let directory = try TemporaryDirectory()
        let store = try RocksDBStore(directory: directory.path, durability: .process)
        try Self.fill(store)
        try store.compact()
        store.close()
        var generator = SplitMix(seed: 2)
        var faults = 0
        for file in try Self.files(directory, ending: ".sst") {
            let name = URL(filePath: file).lastPathComponent
            let size = try Data(contentsOf: URL(filePath: file)).count
            for _ in 0..<15 {
                let copy = try Self.crashed(directory)
                try Self.flip(copy.path(of: "rocksdb/" + name), at: Int(generator.next(below: size)))
                faults += try Self.faultsOfReading(copy)
            }
        }
        #expect(faults > 0)
    }

    private static func flip(_ file: String, at offset: Int) throws {
        let handle = try #require(FileHandle(forUpdatingAtPath: file))
        defer { try? handle.close() }
        try handle.seek(toOffset: UInt64(offset))
        let byte = try #require(try handle.read(upToCount: 1)?.first)
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: [byte ^ 0x10])
    }

    /// Reads all records of a damaged store; answers how many reads were refused, the open counted as one.
    private static func faultsOfReading(_ directory: TemporaryDirectory) throws -> Int {
        let store: RocksDBStore
        do throws(StoreError) {
            store = try RocksDBStore(directory: directory.path, durability: .process)
        } catch {
            #expect(error.code == .corruption)
            return 1
        }
        defer { store.close() }
        var faults = 0
        for number in 0..<count {
            do throws(StoreError) {
                let right = try store.record(at: StoreSamples.address(number)) == record(number)
                #expect(right)
            } catch {
                #expect(error.code == .corruption)
                faults += 1
            }
        }
        return faults
    }
}

/// Pseudo-random numbers that are the same in each run (SplitMix64, Steele, Lea and Flood 2014).
struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(bound))
    }
}
