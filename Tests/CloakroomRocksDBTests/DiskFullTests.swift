// SPDX-License-Identifier: Apache-2.0

import CloakroomRocksDB
import CloakroomStore
import CloakroomProcessKit
import CloakroomTestKit
import Foundation
import Testing

@Suite("A full disk", .timeLimit(.minutes(10)))
struct DiskFullTests {
    /// A file system in memory. With the ballast it has space for one log of the usual size, for which RocksDB reserves
    /// 70 MB; without, for all that RocksDB wants to have in hand before it goes on.
    private final class SmallDisk {
        private let directory: TemporaryDirectory
        private var ballast: String { directory.path(of: "ballast") }
        var state: String { directory.path(of: "state") }

        init() throws {
            directory = try TemporaryDirectory()
            try #require(
                mount("cloakroom", directory.path, "tmpfs", 0, "size=400m,mode=0700") == 0,
                "this test needs root with the right to mount: \(String(cString: strerror(errno)))"
            )
            try Data(count: 330 << 20).write(to: URL(filePath: ballast))
        }

        deinit { umount2(directory.path, Int32(MNT_DETACH)) }

        func free() throws { try FileManager.default.removeItem(atPath: ballast) }
    }

    private let disk: SmallDisk
    private let body = [UInt8](repeating: 7, count: 100_000)

    init() throws { disk = try SmallDisk() }

    private func put(_ number: Int, in store: RocksDBStore) throws(StoreError) {
        try store.apply(StoreSamples.update(number, metadata: [1], body: body, expiry: 10))
    }

    /// Writes records until it does not go on, and answers how many there are.
    private func fill(_ store: RocksDBStore) throws -> Int {
        for number in 0..<1500 {
            do throws(StoreError) {
                try put(number, in: store)
            } catch {
                expectFull(error)
                return number
            }
        }
        throw StoreError(.inputOutput, "150 MB went onto a disk with 70 MB of space")
    }

    private func expectFull(_ error: StoreError?) {
        #expect(error?.code == .space)
        #expect(error?.message.contains("the disk is full") == true, "\(error?.message ?? "no error")")
        #expect(error?.message.contains("free") == true)
    }

    private func expectRecords(_ count: Int, in store: RocksDBStore) throws {
        for number in 0..<count {
            let same = try store.record(at: StoreSamples.address(number))?.body == body
            #expect(same, "record \(number) of \(count)")
        }
    }

    @Test("refuses writes, allows reads, and resumes by itself once there is space")
    func resumes() async throws {
        let store = try RocksDBStore(directory: disk.state, durability: .process)
        defer { store.close() }
        let count = try fill(store)
        expectFull(#expect(throws: StoreError.self) { try put(count, in: store) })
        #expect(try store.record(at: StoreSamples.address(count)) == nil, "nothing of a refused write is there")
        try expectRecords(count, in: store)
        try disk.free()
        let clock = ContinuousClock()
        let end = clock.now + .seconds(300)
        var error: StoreError?
        repeat {
            do throws(StoreError) {
                try put(count, in: store)
                error = nil
            } catch let fault {
                error = fault
                try await clock.sleep(for: .milliseconds(20))
            }
        } while error != nil && clock.now < end
        #expect(error == nil)
        try expectRecords(count + 1, in: store)
    }

    @Test("keeps all records when the daemon stops, and takes writes again after a start with space")
    func reopened() throws {
        let store = try RocksDBStore(directory: disk.state, durability: .process)
        let count = try fill(store)
        store.close()
        // An open writes a table of what is in the log, so it needs space.
        expectFull(
            #expect(throws: StoreError.self) { _ = try RocksDBStore(directory: disk.state, durability: .process) }
        )
        try disk.free()
        let again = try RocksDBStore(directory: disk.state, durability: .process)
        defer { again.close() }
        try put(count, in: again)
        try expectRecords(count + 1, in: again)
        #expect(again.warnings.isEmpty)
    }
}
