// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomRocksDB
import CloakroomStore
import CloakroomProcessKit
import CloakroomTestKit
import Foundation
import Testing

/// Files that a bad disk has changed. Each test case runs in a process of its own, because damage that makes RocksDB
/// abort (Debian builds it with assertions) must fail the test and not end all tests.
@Suite("Damaged files")
struct DamageTests {
    private static let history = History(changes: 60, largest: 2_000, seed: 20_260_602)

    /// A closed store with all of the history in tables, and none in the log.
    private static func compactedStore() throws -> StoreFiles {
        let files = try StoreFiles()
        let store = try RocksDBStore(directory: files.state, durability: .process)
        defer { store.close() }
        try history.apply(to: store)
        try store.compact()
        return files
    }

    /// Expects of a store with one damaged file that it refuses to open or to read, or that it is as it was.
    private static func examine(_ files: StoreFiles, _ report: CaseReport) throws {
        do {
            let store = try RocksDBStore(directory: files.state, durability: .process)
            defer { store.close() }
            let wrong = try (0..<History.addresses).count { try !isRefusedOrIntact($0, in: store) }
            let entries = try store.expiryEntries(through: UnixTime(seconds: .max), limit: .max)
            let filings = Dictionary(entries.map { ($0.address, $0.filing) }) { first, _ in first }
            if wrong > 0 || filings != history.last.filings { throw StoreError(.format, "\(wrong) records are wrong") }
        } catch let error as StoreError {
            guard [.corruption, .inputOutput].contains(error.code), error.message.contains("check the disk") else {
                return try report.fail("\(error)")
            }
        }
    }

    private static func isRefusedOrIntact(_ number: Int, in store: RocksDBStore) throws(StoreError) -> Bool {
        let address = StoreSamples.address(number)
        do throws(StoreError) {
            return try store.record(at: address) == history.last.records[address]
        } catch {
            guard error.code == .corruption else { throw error }
            return true
        }
    }

    /// Damages copies of a file at the given offsets, one bit each, and examines them.
    private static func damage(_ name: String, of files: StoreFiles, at offsets: [Int], _ report: CaseReport) throws {
        for offset in offsets { try damage(name, of: files, at: offset, bit: offset % 8, report) }
    }

    private static func damage(
        _ name: String,
        of files: StoreFiles,
        at offset: Int,
        bit: Int,
        _ report: CaseReport
    ) throws {
        let copy = try StoreFiles(copying: files)
        try copy.flip(name, at: offset, bit: bit)
        try report.begin("\(name), bit \(bit) of byte \(offset)")
        try examine(copy, report)
    }

    @Test("a flipped bit in a table is noticed")
    func tables() async throws {
        let directory = try TemporaryDirectory()
        let report = CaseReport(path: directory.path)
        let result = await #expect(processExitsWith: .success) { [path = directory.path as String] in
            let report = CaseReport(path: path)
            let files = try DamageTests.compactedStore()
            let tables = try files.tables()
            #expect(tables.count == 5, "one for each column family")
            var generator = SeededGenerator(seed: 1)
            for name in tables {
                let size = try files.contents(of: name).count
                // The end of a table, its footer, is what finds everything else.
                let offsets = (0..<8).map { _ in Int.random(in: 0..<size, using: &generator) }
                try DamageTests.damage(
                    name,
                    of: files,
                    at: offsets + [0, size - 53, size - 52, size - 9, size - 1],
                    report
                )
            }
        }
        report.expectNoFailures(result)
    }

    @Test("a flipped bit in the value of a record is noticed when it is read, and only there")
    func value() async {
        await #expect(processExitsWith: .success) {
            let files = try StoreFiles()
            let store = try RocksDBStore(directory: files.state, durability: .process)
            let body = [UInt8](repeating: 0xA5, count: 8_000)
            for number in 0..<4 {
                try store.apply(StoreSamples.update(number, metadata: [1], body: body + [UInt8(number)], expiry: 10))
            }
            try store.compact()
            store.close()
            let name = try #require(try files.tables().first { try files.contents(of: $0).count > 4 * body.count })
            let place = try #require(try files.contents(of: name).firstIndex(of: 0xA5))
            try files.flip(name, at: place + 100)
            let again = try RocksDBStore(directory: files.state, durability: .process)
            defer { again.close() }
            var refused = 0
            for number in 0..<4 {
                do throws(StoreError) {
                    #expect(try again.record(at: StoreSamples.address(number))?.body == body + [UInt8(number)])
                } catch {
                    #expect(error.code == .corruption)
                    refused += 1
                }
            }
            #expect(refused == 1)
        }
    }

    @Test("a table that was cut off or is missing is noticed", arguments: [false, true])
    func shortTable(_ missing: Bool) async throws {
        await #expect(processExitsWith: .success) { [missing = missing as Bool] in
            let files = try DamageTests.compactedStore()
            for name in try files.tables() {
                let copy = try StoreFiles(copying: files)
                if missing {
                    try FileManager.default.removeItem(atPath: copy.path(of: name))
                } else {
                    try copy.replace(name, with: copy.contents(of: name).dropLast(100))
                }
                let error = #expect(throws: StoreError.self) {
                    _ = try RocksDBStore(directory: copy.state, durability: .process)
                }
                #expect(error.map { [.corruption, .inputOutput].contains($0.code) } == true)
            }
        }
    }

    @Test("a flipped bit in the manifest is noticed")
    func manifest() async throws {
        let directory = try TemporaryDirectory()
        let report = CaseReport(path: directory.path)
        let result = await #expect(processExitsWith: .success) { [path = directory.path as String] in
            let report = CaseReport(path: path)
            let files = try DamageTests.compactedStore()
            let name = try #require(try files.names().first { $0.hasPrefix("MANIFEST-") })
            let size = try files.contents(of: name).count
            var generator = SeededGenerator(seed: 2)
            try DamageTests.damage(
                name,
                of: files,
                at: [0, size - 1] + (0..<40).map { _ in Int.random(in: 0..<size, using: &generator) },
                report
            )
        }
        report.expectNoFailures(result)
    }

    @Test("a flipped bit in a header of the manifest is noticed, which RocksDB alone does not")
    func manifestHeaders() async throws {
        let directory = try TemporaryDirectory()
        let report = CaseReport(path: directory.path)
        let result = await #expect(processExitsWith: .success) { [path = directory.path as String] in
            let report = CaseReport(path: path)
            let files = try DamageTests.compactedStore()
            let name = try #require(try files.names().first { $0.hasPrefix("MANIFEST-") })
            let bytes = try files.contents(of: name)
            var start = 0
            while start < bytes.count {
                // Length and type; the checksum is the same for RocksDB as contents are.
                for place in 4...6 {
                    for bit in 0..<8 { try DamageTests.damage(name, of: files, at: start + place, bit: bit, report) }
                }
                start += 7 + Int(bytes[start + 4]) + Int(bytes[start + 5]) << 8
            }
        }
        report.expectNoFailures(result)
    }

    @Test("a manifest that was cut short, as by a crash, is no damage")
    func shortManifest() async {
        await #expect(processExitsWith: .success) {
            let files = try StoreFiles()
            let store = try RocksDBStore(directory: files.state, durability: .process)
            try DamageTests.history.apply(to: store)
            let name = try #require(try files.names().first { $0.hasPrefix("MANIFEST-") })
            // The start of a record, as if the machine had crashed while it was written.
            let copy = try StoreFiles(copying: files)
            store.close()
            try copy.replace(name, with: copy.contents(of: name) + copy.contents(of: name).prefix(20))
            let again = try RocksDBStore(directory: copy.state, durability: .process)
            defer { again.close() }
            #expect(try History.Contents(of: again) == DamageTests.history.last)
        }
    }

    @Test("a flipped bit in the file CURRENT is noticed")
    func current() async throws {
        let directory = try TemporaryDirectory()
        let report = CaseReport(path: directory.path)
        let result = await #expect(processExitsWith: .success) { [path = directory.path as String] in
            let report = CaseReport(path: path)
            let files = try DamageTests.compactedStore()
            try DamageTests.damage("CURRENT", of: files, at: Array(files.contents(of: "CURRENT").indices), report)
        }
        report.expectNoFailures(result)
    }

    @Test("a missing manifest or file CURRENT is noticed, and the tables stay", arguments: ["MANIFEST-", "CURRENT"])
    func missing(_ prefix: String) async {
        await #expect(processExitsWith: .success) { [prefix = prefix as String] in
            let files = try DamageTests.compactedStore()
            let name = try #require(try files.names().first { $0.hasPrefix(prefix) })
            try FileManager.default.removeItem(atPath: files.path(of: name))
            let tables = try files.tables()
            for _ in 0..<2 {
                let error = #expect(throws: StoreError.self) {
                    _ = try RocksDBStore(directory: files.state, durability: .process)
                }
                #expect(error.map { [.corruption, .inputOutput].contains($0.code) } == true)
            }
            #expect(try files.tables() == tables)
        }
    }
}
