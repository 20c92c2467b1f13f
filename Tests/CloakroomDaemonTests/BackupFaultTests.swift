// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// Whatever ends a backup or a restore in the middle, former backups and the store stay as they were.
@Suite(.timeLimit(.minutes(15))) struct BackupFaultTests {
    private let bench: BackupBench
    private var daemon: DaemonProcess { bench.daemon }

    init() throws {
        bench = try BackupBench()
        try bench.start()
        try daemon.write(sessions: 200, "a")
        try bench.restart()
    }

    /// The calls that change something, and at which of them the program is killed.
    private static let points: [(call: String, number: Int)] = [
        ("mkdirat", 1), ("mkdirat", 2), ("mkdirat", 3), ("openat", 40), ("openat", 60), ("write", 3), ("write", 6),
        ("fsync", 1), ("fsync", 2), ("fsync", 4), ("fsync", 6), ("fsync", 7), ("fsync", 8), ("fsync", 9), ("fsync", 10),
        ("linkat", 1), ("renameat", 1), ("renameat", 2), ("unlinkat", 1), ("unlinkat", 8),
    ]

    @Test func backupThatIsKilledLeavesTheFormerOnesAndWhatTheNextOneRemoves() throws {
        let first = try bench.made()
        var kills = 0
        for (call, number) in Self.points {
            try daemon.write(sessions: 1, "b\(call)\(number)x")
            let before = try bench.backups()
            let wrapper = BackupBench.injecting("signal=SIGKILL:when=\(number)", trace: call)
            let outcome = try bench.backup("--keep", "2", under: wrapper)
            kills += outcome.status == 0 ? 0 : 1
            // Either it came to its end, or nothing but the removal of old ones did.
            let after = try bench.backups()
            #expect(!after.isEmpty && after.count <= before.count + 1)
            for name in after {
                #expect(try bench.restore("--check", "--backup", name).status == 0, "\(name) after \(call) \(number)")
            }
            try daemon.await("the checkpoint goes") {
                !FileManager.default.fileExists(atPath: daemon.stateDirectory + "/checkpoint")
            }
        }
        #expect(kills >= 10, "only \(kills) of \(Self.points.count) were killed")
        try bench.made("--keep", "1")
        let left = try FileManager.default.contentsOfDirectory(atPath: bench.directory).sorted()
        #expect(left.count == 2 && left[0] == ".lock" && left[1] != first, "\(left)")
        #expect(try daemon.lost(of: 200, "a") == 0)
    }

    @Test func restoreThatIsKilledLeavesAStoreThatIsWhole() throws {
        try bench.made()
        try daemon.write(sessions: 200, "b")
        #expect(daemon.stop() == 0)
        var outcomes = (before: 0, after: 0)
        let more = (1...3).map { ("renameat2", $0) } + (1...4).map { ("fchown", $0) }
        for (call, number) in Self.points + more {
            // The store of now has both, that of the backup only the first.
            let wrapper = BackupBench.injecting("signal=SIGKILL:when=\(number)", trace: call)
            let outcome = try bench.restore(under: wrapper)
            try bench.start()
            #expect(try daemon.lost(of: 200, "a") == 0, "after \(call) \(number)")
            let lost = try daemon.lost(of: 200, "b")
            #expect(lost == 0 || lost == 200, "\(lost) lost after \(call) \(number)")
            if outcome.status != 0 { if lost == 0 { outcomes.before += 1 } else { outcomes.after += 1 } }
            if lost > 0 {
                try daemon.write(sessions: 200, "b")
                // The store of before is there, whatever its name is.
                let names = try FileManager.default.contentsOfDirectory(atPath: daemon.stateDirectory)
                #expect(names.contains { $0.hasPrefix("rocksdb.") }, "\(names)")
            }
            #expect(daemon.stop() == 0)
            try removeKept()
        }
        #expect(outcomes.before >= 8, "\(outcomes)")
        try bench.restored()
        let names = try FileManager.default.contentsOfDirectory(atPath: daemon.stateDirectory)
        #expect(!names.contains { $0.hasPrefix("rocksdb.restoring") }, "\(names)")
    }

    private func removeKept() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: daemon.stateDirectory)
        where name.hasPrefix("rocksdb.before-restore-") {
            try FileManager.default.removeItem(atPath: "\(daemon.stateDirectory)/\(name)")
        }
    }

    @Test func storeThatARestoreHadExchangedWhenItWasKilledIsKept() throws {
        try bench.made()
        try daemon.write(sessions: 50, "b")
        #expect(daemon.stop() == 0)
        // The first call of the kind comes after the exchange: it would give the store of before its name.
        let outcome = try bench.restore(under: BackupBench.injecting("signal=SIGKILL:when=1", trace: "renameat"))
        #expect(outcome.status != 0)
        let left = try FileManager.default.contentsOfDirectory(atPath: daemon.stateDirectory)
        #expect(left.contains { $0.hasPrefix("rocksdb.restoring-") }, "\(left)")
        try bench.restored()
        let kept = try FileManager.default.contentsOfDirectory(atPath: daemon.stateDirectory)
            .filter { $0.hasPrefix("rocksdb.before-restore-") }
        #expect(kept.count == 2, "\(kept)")
        // One of them is the store with everything.
        var found = false
        for name in kept.sorted() where !found {
            try FileManager.default.removeItem(atPath: bench.store)
            try FileManager.default.moveItem(atPath: "\(daemon.stateDirectory)/\(name)", toPath: bench.store)
            try bench.start()
            found = try daemon.lost(of: 50, "b") == 0
            #expect(daemon.stop() == 0)
        }
        #expect(found)
    }

    @Test func fileSystemThatCannotExchangeNamesIsRenamedInTwoSteps() throws {
        try bench.made()
        try daemon.write(sessions: 20, "b")
        #expect(daemon.stop() == 0)
        let outcome = try bench.restore(under: BackupBench.injecting("error=EINVAL", trace: "renameat2"))
        #expect(outcome.status == 0, "\(outcome.output)")
        let names = try FileManager.default.contentsOfDirectory(atPath: daemon.stateDirectory).sorted()
        #expect(names.count == 2 && names[1].hasPrefix("rocksdb.before-restore-"), "\(names)")
        try bench.start()
        #expect(try daemon.lost(of: 200, "a") == 0)
        #expect(try daemon.lost(of: 20, "b") == 20)
    }

    @Test(arguments: ["write", "fsync", "mkdirat", "renameat"])
    func fullOrBrokenDiskIsSaidAndLeavesNothing(_ call: String) throws {
        let first = try bench.made()
        for (error, text) in [("ENOSPC", "No space left on device"), ("EIO", "Input/output error")] {
            // Its progress goes to a pipe, by write(2) too.
            let when = call == "write" ? ":when=6+" : ":when=1+"
            let outcome = try bench.backup(under: BackupBench.injecting("error=\(error)\(when)", trace: call))
            #expect(outcome.status != 0, "\(call) \(error): \(outcome.output)")
            if call != "write" { #expect(outcome.output.contains(text), "\(call) \(error): \(outcome.output)") }
            #expect(try bench.backups() == [first])
            let left = try FileManager.default.contentsOfDirectory(atPath: bench.directory).sorted()
            #expect(left == [".lock", first], "\(call) \(error)")
            #expect(try bench.restore("--check").status == 0)
        }
        #expect(daemon.stop() == 0)
        let state = try bench.stateContents()
        for error in ["ENOSPC", "EIO"] where call != "renameat" && call != "write" {
            let outcome = try bench.restore(under: BackupBench.injecting("error=\(error)", trace: call))
            #expect(outcome.status == 1, "\(call) \(error): \(outcome.output)")
            #expect(try bench.stateContents() == state, "\(call) \(error)")
        }
        try bench.restored()
    }

    @Test func tooSmallADiskIsSaidBeforehand() throws {
        let place = try TemporaryDirectory()
        try #require(
            mount("cloakroom", place.path, "tmpfs", 0, "size=4m,mode=0700") == 0,
            "this test needs root with the right to mount: \(String(cString: strerror(errno)))"
        )
        defer { umount2(place.path, Int32(MNT_DETACH)) }
        let outcome = try bench.control(["backup", place.path])
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("\(place.path) has "), "\(outcome.output)")
        #expect(outcome.output.contains(" are missing"), "\(outcome.output)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == [".lock"])
    }

    @Test func diskThatBecomesFullLeavesTheFormerBackups() throws {
        let place = try TemporaryDirectory()
        try #require(mount("cloakroom", place.path, "tmpfs", 0, "size=30m,mode=0700") == 0)
        defer { umount2(place.path, Int32(MNT_DETACH)) }
        try daemon.write(sessions: 200, "c", bytes: 100_000)
        try bench.restart()
        let first = try bench.control(["backup", place.path])
        #expect(first.status == 0, "\(first.output)")
        // By name and size the next one needs nothing new, but what there is cannot be shared.
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: place.path).first { $0 != ".lock" })
        for file in try FileManager.default.subpathsOfDirectory(atPath: "\(place.path)/\(name)")
        where file.hasSuffix(".sst") {
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(place.path)/\(name)/\(file)"))
            try handle.write(contentsOf: [0xFF])
        }
        let outcome = try bench.control(["backup", place.path])
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("No space left on device; free space"), "\(outcome.output)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).sorted() == [".lock", name])
    }

    @Test func ctrlCLeavesThingsAsTheyWere() throws {
        try daemon.write(sessions: 200, "c", bytes: 50_000)
        let (process, output) = try bench.begin(
            ["backup", bench.directory],
            // Slow enough to be interrupted.
            under: BackupBench.injecting("delay_enter=300000", trace: "fsync")
        )
        try daemon.await("it copies") {
            (try? FileManager.default.contentsOfDirectory(atPath: bench.directory))?
                .contains { $0.hasPrefix(".incomplete") } == true
        }
        try interrupt(childOf: process.processIdentifier)
        process.waitUntilExit()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(process.terminationStatus == 130, "\(text)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.directory) == [".lock"], "\(text)")
        try daemon.await("the checkpoint goes") {
            !FileManager.default.fileExists(atPath: daemon.stateDirectory + "/checkpoint")
        }
        try bench.made()
        #expect(daemon.stop() == 0)

        let state = try bench.stateContents()
        let (restore, said) = try bench.begin(
            ["restore", bench.directory, "--state-dir", daemon.stateDirectory],
            under: BackupBench.injecting("delay_enter=300000", trace: "fsync")
        )
        try daemon.await("it copies") {
            try FileManager.default.contentsOfDirectory(atPath: daemon.stateDirectory)
                .contains { $0.hasPrefix("rocksdb.restoring") }
        }
        try interrupt(childOf: restore.processIdentifier)
        restore.waitUntilExit()
        let words = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(restore.terminationStatus == 130, "\(words)")
        #expect(try bench.stateContents() == state)
    }

    /// Sends SIGINT to the program that strace runs.
    private func interrupt(childOf pid: Int32) throws {
        let children = try TestFile.text("/proc/\(pid)/task/\(pid)/children").split(separator: " ")
        let child = try #require(children.first.flatMap { Int32($0.trimmingCharacters(in: .whitespaces)) })
        kill(child, SIGINT)
    }
}

extension DaemonProcess {
    /// Writes sessions of a size.
    fileprivate func write(sessions count: Int, _ prefix: String, bytes: Int) throws {
        let client = try client()
        for number in 0..<count {
            let contents = (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
            try #require(
                try client.write(contents, to: session("\(prefix)\(number)"), version: 0).version != nil
            )
        }
    }
}
