// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomRocksDB
import CloakroomStore
import CloakroomProcessKit
import CloakroomTestKit
import Testing

/// What a crash of the machine or a bad disk does to the write-ahead log. Whatever it is, the store must hold what it
/// held after some number of changes, and say that the later ones are lost.
@Suite("A damaged write-ahead log")
struct LogTruncationTests {
    /// An open store's files, and where in the log each change ends.
    private struct Written {
        let files: StoreFiles
        let history: History
        let log: String
        /// The length of the log after so many changes.
        let ends: [Int]

        init(seed: UInt64) throws {
            // Bodies that fit into one block of the log (32 KiB), and some that do not.
            history = History(changes: 80, largest: 50_000, seed: seed)
            let original = try StoreFiles()
            let store = try RocksDBStore(directory: original.state, durability: .process)
            defer { store.close() }
            let log = try original.newestLog()
            var ends = [try original.contents(of: log).count]
            try history.apply(to: store) { ends.append(try original.contents(of: log).count) }
            files = try StoreFiles(copying: original)
            self.log = log
            self.ends = ends
        }

        /// Opens a copy with another log, and expects what the store held after `survivors` changes.
        func expect(_ survivors: Int, warning: Bool, with contents: some Sequence<UInt8>, _ comment: Comment) throws {
            let copy = try StoreFiles(copying: files)
            try copy.replace(log, with: contents)
            do {
                let store = try RocksDBStore(directory: copy.state, durability: .process)
                defer { store.close() }
                #expect(store.warnings.isEmpty != warning, comment)
                #expect(!store.warnings.contains { $0.contains("backup") }, comment)
                let contents = try History.Contents(of: store)
                // Compared here and not in the macro, which would print all records.
                let same = contents == history.states[survivors]
                #expect(same, comment)
            }
            guard warning else { return }
            // What was dropped is dropped for good, and said once.
            let again = try RocksDBStore(directory: copy.state, durability: .process)
            defer { again.close() }
            #expect(again.warnings.isEmpty, comment)
            let contents = try History.Contents(of: again)
            let same = contents == history.states[survivors]
            #expect(same, comment)
        }
    }

    private static let seed: UInt64 = 20_260_601

    @Test("a log that is cut off anywhere loses exactly the changes behind the cut")
    func truncated() throws {
        print("LogTruncationTests: seed \(Self.seed)")
        let written = try Written(seed: Self.seed)
        let bytes = try written.files.contents(of: written.log)
        var generator = SeededGenerator(seed: Self.seed)
        // Between changes, within the header of a record (7 bytes), and anywhere.
        let ends = [0, 1, 17, 40, 79, 80].map { written.ends[$0] }
        let offsets =
            ends + ends.dropLast().map { $0 + 3 }
            + (0..<48).map { _ in
                Int.random(in: written.ends[0]..<bytes.count, using: &generator)
            }
        for offset in offsets {
            let survivors = written.ends.count { $0 <= offset } - 1
            let torn = !written.ends.contains(offset)
            try written.expect(survivors, warning: torn, with: bytes.prefix(offset), "cut at \(offset)")
        }
    }

    @Test("a log that is cut off before its first change is that of a new store", arguments: [0, 1, 7, 12])
    func nothingLeft(_ offset: Int) throws {
        let written = try Written(seed: Self.seed)
        let bytes = try written.files.contents(of: written.log)
        try written.expect(0, warning: offset > 0, with: bytes.prefix(offset), "cut at \(offset)")
    }

    @Test("a log with a flipped bit loses exactly the changes from there on")
    func flipped() throws {
        let written = try Written(seed: Self.seed + 1)
        let bytes = try written.files.contents(of: written.log)
        var generator = SeededGenerator(seed: Self.seed)
        for _ in 0..<24 {
            let offset = Int.random(in: written.ends[0]..<bytes.count, using: &generator)
            let bit = Int.random(in: 0..<8, using: &generator)
            var damaged = bytes
            damaged[offset] ^= 1 << UInt8(bit)
            let survivors = written.ends.count { $0 <= offset } - 1
            try written.expect(survivors, warning: true, with: damaged, "bit \(bit) of byte \(offset)")
        }
    }

    @Test("a log with a flipped bit in a record's header loses exactly the changes from there on", arguments: 0..<8)
    func flippedHeader(_ bit: Int) throws {
        let written = try Written(seed: Self.seed + 2)
        let bytes = try written.files.contents(of: written.log)
        // The header is a checksum of four bytes, a length of two and a type of one.
        for (change, place) in [(3, 0), (30, 4), (31, 5), (2, 6), (40, 6)] {
            let offset = written.ends[change] + place
            var damaged = bytes
            damaged[offset] ^= 1 << UInt8(bit)
            try written.expect(change, warning: true, with: damaged, "bit \(bit) of byte \(place), change \(change)")
        }
    }

    @Test("a log whose end is zeros, as some file systems leave it, loses what the zeros replace")
    func zeroed() throws {
        let written = try Written(seed: Self.seed + 3)
        let bytes = try written.files.contents(of: written.log)
        let offset = written.ends[60] + 20
        let zeros = [UInt8](repeating: 0, count: bytes.count - offset)
        try written.expect(60, warning: true, with: bytes.prefix(offset) + zeros, "zeros within a change")
    }

    @Test("a store that dropped changes goes on storing")
    func goesOn() throws {
        let written = try Written(seed: Self.seed)
        let copy = try StoreFiles(copying: written.files)
        try copy.replace(written.log, with: copy.contents(of: written.log).prefix(written.ends[40] + 10))
        let store = try RocksDBStore(directory: copy.state, durability: .process)
        #expect(!store.warnings.isEmpty)
        try store.apply(StoreSamples.update(1000, metadata: [1], body: [2], expiry: 10))
        store.close()
        let again = try RocksDBStore(directory: copy.state, durability: .process)
        defer { again.close() }
        #expect(try again.record(at: StoreSamples.address(1000))?.body == [2])
        #expect(again.warnings.isEmpty)
    }

    @Test("a damaged log beside tables costs only changes in logs", arguments: [0.01, 0.5, 0.99])
    func besideTables(_ place: Double) async throws {
        let original = try StoreFiles()
        let store = try RocksDBStore(directory: original.state, durability: .process)
        defer { store.close() }
        let manifest = try #require(try original.names().first { $0.hasPrefix("MANIFEST-") })
        let before = try original.contents(of: manifest).count
        let body = [UInt8](repeating: 0xA5, count: 1 << 20)
        // More than the memtable of bodies holds (64 MiB), so that some are in a table and some in a log.
        for number in 0..<80 {
            try store.apply(StoreSamples.update(number, metadata: [UInt8(number)], body: body, expiry: 10))
        }
        // The table counts once the manifest says so.
        let end = ContinuousClock.now + .seconds(20)
        while try original.contents(of: manifest).count == before, .now < end { await Task.yield() }
        let copy = try StoreFiles(copying: original)
        let log = try #require(try copy.names().first { $0.hasSuffix(".log") })
        try copy.flip(log, at: Int(Double(try copy.contents(of: log).count) * place))
        let again = try RocksDBStore(directory: copy.state, durability: .process)
        defer { again.close() }
        #expect(!again.warnings.isEmpty)
        let present = try (0..<80).filter { try again.record(at: StoreSamples.address($0)) != nil }
        #expect(present == Array(0..<present.count), "what is lost is what came last")
        #expect(present.count >= 60)
        let entries = try again.expiryEntries(through: UnixTime(seconds: .max), limit: .max)
        #expect(entries.count == present.count)
    }
}
