// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import CloakroomTestKit
import Foundation
import Testing

@testable import CloakroomRocksDB

@Suite("Opening and closing")
struct OpeningTests {
    private static func code(of body: () throws -> Void) -> StoreError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? StoreError)?.code
        }
    }

    @Test("a store that is open cannot be opened again, and stays as it was")
    func busy() throws {
        let files = try StoreFiles()
        let store = try RocksDBStore(directory: files.state, durability: .process)
        defer { store.close() }
        try store.apply(StoreSamples.update(1, metadata: [1], body: [2], expiry: 10))
        let error = #expect(throws: StoreError.self) {
            _ = try RocksDBStore(directory: files.state, durability: .process)
        }
        #expect(error?.code == .busy)
        #expect(error?.message.contains(files.state) == true)
        #expect(error?.message.contains("another cloakroomd") == true)
        #expect(try store.record(at: StoreSamples.address(1)) == StoredRecord(metadata: [1], body: [2]))
    }

    @Test("a store that another process has open cannot be opened")
    func busyElsewhere() async throws {
        let files = try StoreFiles()
        let store = try RocksDBStore(directory: files.state, durability: .process)
        defer { store.close() }
        await #expect(processExitsWith: .success) { [state = files.state as String] in
            let error = #expect(throws: StoreError.self) {
                _ = try RocksDBStore(directory: state, durability: .process)
            }
            #expect(error?.code == .busy)
        }
    }

    @Test("a store of another format is refused and not changed", arguments: [Array("2".utf8), [], Array("1\n".utf8)])
    func otherFormat(_ format: [UInt8]) throws {
        let files = try StoreFiles()
        let store = try RocksDBStore(directory: files.state, durability: .process)
        try store.setProperty(StoreProperty("format"), to: format)
        store.close()
        for _ in 0..<2 {
            let error = #expect(throws: StoreError.self) {
                _ = try RocksDBStore(directory: files.state, durability: .process)
            }
            #expect(error?.code == .format)
            #expect(error?.message.contains("use the version that wrote it") == true)
        }
    }

    @Test("a database without a format is refused", arguments: ColumnFamily.allCases.map(\.rawValue))
    func foreign(_ family: Int) throws {
        let files = try StoreFiles()
        try Self.makeForeignDatabase(in: files, family: try #require(ColumnFamily(rawValue: family)))
        let error = #expect(throws: StoreError.self) {
            _ = try RocksDBStore(directory: files.state, durability: .process)
        }
        #expect(error?.code == .format)
        #expect(error?.message.contains("not a Cloakroom store") == true)
    }

    private static func makeForeignDatabase(in files: StoreFiles, family: ColumnFamily) throws {
        let root = try StateDirectory(preparing: files.state)
        let path = try StateDirectory(preparing: root.path + "/rocksdb").path
        let database = try Database(path: path, directory: files.state, recovery: .exact)
        let batch = WriteBatch(for: database)
        "key".utf8.span.withUnsafeBytes { batch.put([1], at: $0, in: family) }
        try database.write(batch, WriteOptions(sync: false))
    }

    @Test("a closed store refuses every call, and closing it again does nothing")
    func closed() throws {
        let files = try StoreFiles()
        let store = try RocksDBStore(directory: files.state, durability: .process)
        store.close()
        store.close()
        let address = StoreSamples.address(1)
        let calls: [(String, () throws -> Void)] = [
            ("record", { _ = try store.record(at: address) }),
            ("metadata", { _ = try store.metadata(at: address) }),
            ("apply", { try store.apply(StoreSamples.update(1, metadata: [1], body: nil, expiry: 1)) }),
            ("remove", { try store.remove(address, expiry: nil) }),
            ("expiryEntries", { _ = try store.expiryEntries(through: UnixTime(seconds: 1), limit: 1) }),
            ("property", { _ = try store.property(StoreProperty("a")) }),
            ("setProperty", { try store.setProperty(StoreProperty("a"), to: [1]) }),
            ("synchronize", { try store.synchronize() }),
            ("compact", { try store.compact() }),
        ]
        for (name, call) in calls { #expect(Self.code(of: call) == .inputOutput, "\(name)") }
    }

    @Test("closing waits for calls under way, and lets no later one through")
    func closedUnderLoad() async throws {
        let files = try StoreFiles()
        let store = try RocksDBStore(directory: files.state, durability: .process)
        let written = try await withThrowingTaskGroup(of: [Int].self) { group in
            for part in 0..<4 {
                group.addTask {
                    var written: [Int] = []
                    for number in stride(from: part, to: .max, by: 4) {
                        let update = StoreSamples.update(number, metadata: [1], body: [2], expiry: 10)
                        do { try store.apply(update) } catch { return written }
                        written.append(number)
                        if part == 0, number == 400 { store.close() }
                    }
                    return written
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let again = try RocksDBStore(directory: files.state, durability: .process)
        defer { again.close() }
        #expect(again.warnings.isEmpty)
        for number in written { #expect(try again.record(at: StoreSamples.address(number)) != nil) }
    }
}
