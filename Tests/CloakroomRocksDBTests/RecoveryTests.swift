// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import CloakroomTestKit
import Foundation
import Synchronization
import Testing

@testable import CloakroomRocksDB

/// Writes that fail. A limit on the size of files (`RLIMIT_FSIZE`) makes the kernel refuse them, for the whole process;
/// so each test runs in one of its own.
@Suite("After a write that failed", .timeLimit(.minutes(10)))
struct RecoveryTests {
    /// A store that is told what happens to it, and a limit for it.
    private final class Bench: Sendable {
        let files: StoreFiles
        let store: RocksDBStore
        let body = [UInt8](repeating: 7, count: 3000)
        /// Set when writers shall end.
        let isOver = Atomic<Bool>(false)
        private let reported: ReportList

        init() throws {
            signal(SIGXFSZ, SIG_IGN)
            files = try StoreFiles()
            let reported = ReportList()
            self.reported = reported
            store = try RocksDBStore(directory: files.state, durability: .process) { reported.add($0) }
        }

        var reports: [String] { reported.texts }

        func put(_ number: Int) throws(StoreError) {
            try store.apply(
                StoreSamples.update(number, metadata: [UInt8(number % 256)], body: body, expiry: 10)
            )
        }

        /// Lets no file of this process grow beyond so many bytes.
        func limit(_ bytes: Int?) {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            limit.rlim_cur = bytes.map { rlim_t($0) } ?? limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        }

        /// Lets so many more bytes into the log.
        func limitLog(to more: Int) throws { limit(try files.contents(of: files.newestLog()).count + more) }

        /// Waits until a write succeeds.
        func awaitWrite(_ number: Int) async throws {
            let end = ContinuousClock.now + .seconds(60)
            while true {
                do throws(StoreError) {
                    return try put(number)
                } catch {
                    try #require(ContinuousClock.now < end, "\(error)")
                }
                try await Task.sleep(for: .milliseconds(20))
            }
        }

        /// Waits until the store has told so much.
        func awaitReports(_ count: Int) async throws {
            let end = ContinuousClock.now + .seconds(60)
            while reports.count < count {
                try #require(ContinuousClock.now < end, "\(reports)")
                try await Task.sleep(for: .milliseconds(5))
            }
        }

        func expectRecords(_ numbers: some Sequence<Int>, in store: RocksDBStore) throws {
            for number in numbers {
                let same = try store.record(at: StoreSamples.address(number))?.body == body
                #expect(same, "record \(number)")
            }
        }
    }

    private final class ReportList: Sendable {
        private let list = Locked<[String]>([])
        var texts: [String] { list.withLock { $0 } }

        func add(_ report: StoreReport) {
            let text =
                switch report {
                case .refusesWrites(let fault): "refuses writes: \(fault)"
                case .refusesReads(let fault): "refuses reads: \(fault)"
                case .resumed(let warnings): "resumed" + warnings.map { ", \($0)" }.joined()
                }
            list.withLock { $0.append(text) }
        }
    }

    @Test("reads go on, and writes do too once they can", arguments: [0, 1, 100, 2000])
    func resumes(_ torn: Int) async throws {
        await #expect(processExitsWith: .success) { [torn = torn as Int] in
            let bench = try Bench()
            for number in 0..<100 { try bench.put(number) }
            try bench.limitLog(to: torn)
            for number in 100..<103 {
                let error = #expect(throws: StoreError.self) { try bench.put(number) }
                #expect(error?.code == .inputOutput)
                #expect(error?.message.contains("File too large") == true, "\(error?.message ?? "")")
                #expect(error?.message.contains("resumes within seconds") == true)
                // No smaller file either, as the store makes when it is opened again.
                bench.limit(100)
            }
            try bench.expectRecords(0..<100, in: bench.store)
            #expect(try bench.store.record(at: StoreSamples.address(100)) == nil)
            bench.limit(nil)
            try await bench.awaitWrite(103)
            // It is told after writes go on.
            try await bench.awaitReports(2)
            #expect(bench.reports.count == 2, "\(bench.reports)")
            #expect(bench.reports.last == "resumed")
            for store in [bench.store, nil] {
                if store == nil { bench.store.close() }
                let store = try store ?? RocksDBStore(directory: bench.files.state, durability: .process)
                #expect(store.warnings.isEmpty)
                try bench.expectRecords(Array(0..<100) + [103], in: store)
                for number in 100..<103 { #expect(try store.record(at: StoreSamples.address(number)) == nil) }
                let entries = try store.expiryEntries(through: StoreSamples.slot(.max).time, limit: .max)
                #expect(entries.count == 101)
                // What is counted is what there was when the store was opened by its user.
                if store === bench.store { #expect(try await store.usage() == StoreUsage()) } else { store.close() }
            }
        }
    }

    @Test("the store is not opened again before its directory can be written to, and may be closed meanwhile")
    func waits() async throws {
        await #expect(processExitsWith: .success) {
            let bench = try Bench()
            for number in 0..<10 { try bench.put(number) }
            // Not even what finds out whether it can be written to.
            bench.limit(100)
            #expect(throws: StoreError.self) { try bench.put(10) }
            var recovery = StoreRecovery()
            for _ in 0..<3 {
                #expect(await recovery.attempt(on: bench.store) == false)
                try bench.expectRecords(0..<10, in: bench.store)
            }
            bench.store.close()
            #expect(await recovery.attempt(on: bench.store))
            bench.limit(nil)
            let again = try RocksDBStore(directory: bench.files.state, durability: .process)
            defer { again.close() }
            try bench.expectRecords(0..<10, in: again)
        }
    }

    @Test("a change that failed and is in the log all the same is taken back", arguments: [false, true])
    func takesBack(_ removal: Bool) async throws {
        await #expect(processExitsWith: .success) { [removal = removal as Bool] in
            let bench = try Bench()
            for number in 0..<3 { try bench.put(number) }
            let (address, group, other) = (StoreSamples.address(1), StoreSamples.address(50), StoreSamples.address(51))
            func update(_ body: [UInt8], from previous: ExpiryFiling, to next: ExpiryFiling) -> RecordUpdate {
                RecordUpdate(address: address, metadata: [1], body: body, previousExpiry: previous, expiry: next)
            }
            let filing = StoreSamples.filing(10, group: group)
            try bench.store.apply(update(bench.body, from: StoreSamples.filing(10), to: filing))
            let next = update([9], from: filing, to: StoreSamples.filing(20, group: other))
            let change =
                removal
                ? UnfinishedChange(removalOf: address, slot: filing.slot, group: group) : UnfinishedChange(next)
            // What a failed sync leaves: the change is in the log, but counts as failed.
            let database = try bench.store.gate.enter()
            let backup = try RecordBackup(of: change, in: database)
            bench.store.gate.leave()
            if removal { try bench.store.remove(address, expiry: filing.slot) } else { try bench.store.apply(next) }
            #expect(try bench.store.members(of: group, after: nil, limit: 9) == [])
            let batch = WriteBatch(for: database)
            backup.restore(in: batch)
            try database.write(batch, bench.store.syncedWrites)
            try bench.expectRecords(0..<3, in: bench.store)
            #expect(
                try bench.store.expiryEntries(through: StoreSamples.slot(.max).time, limit: 9).map(\.slot.time.seconds)
                    == [10, 10, 10]
            )
            #expect(try bench.store.members(of: group, after: nil, limit: 9) == [address])
            #expect(try bench.store.members(of: other, after: nil, limit: 9) == [])
            bench.store.close()
        }
    }

    @Test("a directory that was moved away is missed, and used again when it is back")
    func moved() async throws {
        await #expect(processExitsWith: .success) {
            let bench = try Bench()
            for number in 0..<10 { try bench.put(number) }
            try FileManager.default.moveItem(atPath: bench.files.state, toPath: bench.files.state + ".away")
            #expect(throws: StoreError(.directory, "")) { try bench.store.synchronize() }
            #expect(throws: StoreError(.directory, "")) { try bench.put(10) }
            try bench.expectRecords(0..<10, in: bench.store)
            var recovery = StoreRecovery()
            // Another one in its place is not taken for it.
            try FileManager.default.createDirectory(atPath: bench.files.state, withIntermediateDirectories: false)
            #expect(await recovery.attempt(on: bench.store) == false)
            try FileManager.default.copyItem(
                atPath: bench.files.state + ".away/rocksdb",
                toPath: bench.files.state + "/rocksdb"
            )
            #expect(await recovery.attempt(on: bench.store) == false)
            #expect(throws: StoreError(.directory, "")) { try bench.put(10) }
            try bench.expectRecords(0..<10, in: bench.store)
            try FileManager.default.removeItem(atPath: bench.files.state)
            try FileManager.default.moveItem(atPath: bench.files.state + ".away", toPath: bench.files.state)
            try await bench.awaitWrite(10)
            try bench.expectRecords(0..<11, in: bench.store)
            bench.store.close()
        }
    }

    @Test("files that were removed are missed, and what is in memory can be read")
    func removed() async throws {
        await #expect(processExitsWith: .success) {
            let bench = try Bench()
            for number in 0..<10 { try bench.put(number) }
            for name in try bench.files.names() {
                try FileManager.default.removeItem(atPath: bench.files.path(of: name))
            }
            let error = #expect(throws: StoreError.self) { try bench.store.synchronize() }
            #expect(error?.message.contains("restart cloakroomd") == true)
            var recovery = StoreRecovery()
            #expect(await recovery.attempt(on: bench.store) == false)
            try bench.expectRecords(0..<10, in: bench.store)
            #expect(try bench.files.names() == [], "no new database")
            bench.store.close()
        }
    }

    @Test("a database that cannot be opened again is opened once it can, and says so meanwhile")
    func opensLater() async throws {
        await #expect(processExitsWith: .success) {
            let bench = try Bench()
            for number in 0..<20 { try bench.put(number) }
            try bench.limitLog(to: 10)
            #expect(throws: StoreError.self) { try bench.put(20) }
            bench.limit(nil)
            let manifest = try #require(try bench.files.names().first { $0.hasPrefix("MANIFEST") })
            let contents = try bench.files.contents(of: manifest)
            try bench.files.replace(manifest, with: contents.map { ~$0 })
            try await Self.wait { bench.reports.count == 2 }
            #expect(bench.reports.last?.hasPrefix("refuses reads: ") == true, "\(bench.reports)")
            let error = #expect(throws: StoreError.self) { try bench.store.record(at: StoreSamples.address(1)) }
            #expect(error?.code == .corruption)
            #expect(throws: StoreError.self) { try bench.put(21) }
            try bench.files.replace(manifest, with: contents)
            try await Self.wait { bench.reports.count == 3 }
            #expect(bench.reports.last == "resumed")
            try bench.expectRecords(0..<20, in: bench.store)
            #expect(try bench.store.record(at: StoreSamples.address(20)) == nil)
            try bench.put(22)
            bench.store.close()
        }
    }

    @Test("a damaged table costs its own records, and writes go on without compaction")
    func damagedTable() async throws {
        await #expect(processExitsWith: .success) {
            let bench = try Bench()
            for number in 0..<20 { try bench.put(number) }
            try bench.store.compact()
            bench.store.close()
            let table = try #require(
                try bench.files.tables().first { try bench.files.contents(of: $0).count > 20 * bench.body.count }
            )
            try bench.files.flip(table, at: 100)
            let reports = ReportList()
            let store = try RocksDBStore(directory: bench.files.state, durability: .process) { reports.add($0) }
            defer { store.close() }
            func put(_ number: Int) throws(StoreError) {
                try store.apply(StoreSamples.update(number, metadata: [1], body: bench.body, expiry: 10))
            }
            for number in 20..<40 { try put(number) }
            // It meets the damage, as it would sooner or later in the background.
            try store.compact()
            #expect(throws: StoreError(.corruption, "")) { try put(40) }
            try await Self.wait { reports.texts.count == 2 }
            #expect(reports.texts.last?.contains("not compacted until the next start") == true)
            #expect(reports.texts.last?.contains(table) == true)
            for number in 40..<60 { try put(number) }
            var refused = 0
            for number in 0..<60 {
                do throws(StoreError) {
                    let same = try store.record(at: StoreSamples.address(number))?.body == bench.body
                    #expect(same, "record \(number)")
                } catch {
                    #expect(error.code == .corruption)
                    refused += 1
                }
            }
            #expect(1...2 ~= refused, "a block has one or two records")
        }
    }

    @Test("a property that could not be written has the store recover too")
    func failedProperty() async throws {
        await #expect(processExitsWith: .success) {
            let bench = try Bench()
            try bench.put(1)
            try bench.limitLog(to: 1)
            let name = StoreProperty("test")
            #expect(throws: StoreError(.inputOutput, "")) { try bench.store.setProperty(name, to: [1]) }
            #expect(bench.reports.count == 1)
            bench.limit(nil)
            // Nobody writes meanwhile.
            try await bench.awaitReports(2)
            #expect(bench.reports.last == "resumed")
            #expect(try bench.store.property(name) == nil)
            try bench.store.setProperty(name, to: [2])
            #expect(try bench.store.property(name) == [2])
            try bench.expectRecords([1], in: bench.store)
        }
    }

    @Test("nothing acknowledged is lost while writers and readers go on", arguments: 0..<3)
    func underLoad(_ round: Int) async throws {
        await #expect(processExitsWith: .success) { [round = round as Int] in
            let bench = try Bench()
            let written = try await withThrowingTaskGroup(of: [Int].self) { group in
                for part in 0..<4 {
                    group.addTask {
                        var written: [Int] = []
                        for number in stride(from: part, to: .max, by: 4) {
                            do throws(StoreError) {
                                try bench.put(number)
                                written.append(number)
                            } catch {
                                try await Task.sleep(for: .milliseconds(1))
                            }
                            if let last = written.last {
                                let found = try bench.store.record(at: StoreSamples.address(last)) != nil
                                #expect(found, "record \(last)")
                            }
                            if bench.isOver.load(ordering: .acquiring) { break }
                            // A thread for each writer is more than there may be.
                            await Task.yield()
                        }
                        return written
                    }
                }
                group.addTask {
                    defer { bench.isOver.store(true, ordering: .releasing) }
                    for count in 1...2 {
                        try bench.limitLog(to: 20_000 + round * 777)
                        try await Self.wait { bench.reports.count == 2 * count - 1 }
                        bench.limit(nil)
                        try await Self.wait { bench.reports.count == 2 * count }
                    }
                    return []
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            try bench.expectRecords(written, in: bench.store)
            bench.store.close()
            let again = try RocksDBStore(directory: bench.files.state, durability: .process)
            defer { again.close() }
            try bench.expectRecords(written, in: again)
        }
    }

    private static func wait(_ condition: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while !condition() {
            try #require(ContinuousClock.now < end)
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
