// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// The daemon on a disk that fails under it. Reads go on, writes say what is wrong, and both go on by themselves once the
/// cause is gone, with everything that was acknowledged.
@Suite(.serialized, .timeLimit(.minutes(10))) struct StoreFaultTests {
    private static let contents = [UInt8](repeating: UInt8(ascii: "x"), count: 2000)
    private let daemon: DaemonProcess

    init() throws { daemon = try DaemonProcess() }

    private var database: String { daemon.stateDirectory + "/rocksdb" }

    /// Starts the daemon and makes some sessions.
    private func start(sessions: Int = 50, configuration: String? = nil) throws {
        var arguments: [String] = []
        if let configuration {
            let path = daemon.directory.path + "/cloakroom.toml"
            try configuration.write(toFile: path, atomically: true, encoding: .utf8)
            arguments = ["--config", path]
        }
        try daemon.start(arguments)
        let client = try daemon.client()
        for number in 0..<sessions { #expect(try write(number, client).version != nil) }
    }

    private func write(_ number: Int, _ client: ProtocolClient, version: UInt64 = 0) throws -> Response {
        try client.write(Self.contents + Array("\(number)".utf8), to: try session("s\(number)"), version: version)
    }

    private func expectSessions(_ numbers: some Sequence<Int>) throws {
        let client = try daemon.client()
        for number in numbers {
            let read = try client.read(try session("s\(number)"), lock: false)
            #expect(read.data == Self.contents + Array("\(number)".utf8), "session \(number): \(read.error as Any)")
        }
    }

    /// Expects of a write that it says what is wrong.
    private func expectRefusal(_ number: Int, _ texts: String...) throws {
        let response = try write(number, daemon.client())
        guard case .error(let error) = response else {
            Issue.record("session \(number) was answered \(response)")
            return
        }
        #expect(error.code == .storeFault)
        for text in texts { #expect("\(error)".contains(text), "\(error)") }
    }

    /// Writes one session after the other until one is refused, and answers its number.
    private func firstRefusedWrite(from first: Int) throws -> Int {
        let client = try daemon.client()
        let end = Date(timeIntervalSinceNow: 30)
        var number = first
        while try write(number, client).version != nil {
            try #require(Date.now < end, "\(daemon.log)")
            number += 1
            usleep(20_000)
        }
        return number
    }

    /// Waits until a write succeeds.
    private func awaitWrite(_ number: Int) throws {
        let client = try daemon.client()
        let end = Date(timeIntervalSinceNow: 60)
        while try write(number, client).version == nil {
            try #require(Date.now < end, "\(daemon.log)")
            usleep(20_000)
        }
    }

    /// What is left, seen by a daemon that has just started.
    private func expectAfterRestart(_ numbers: some Sequence<Int>) throws {
        #expect(daemon.stop() == 0, "\(daemon.log)")
        try daemon.start()
        try expectSessions(numbers)
        #expect(!daemon.log.contains("damaged"), "\(daemon.log)")
        #expect(daemon.stop() == 0)
    }

    @Test(arguments: [("EIO", "Input/output error"), ("EROFS", "Read-only file system"), ("EDQUOT", "Disk quota")])
    func writesThatFailAreRefusedUntilTheyCanSucceed(_ error: String, _ text: String) throws {
        try start()
        let calls = "write,pwrite64,writev,fdatasync,fsync,ftruncate,fallocate,openat,rename,unlink"
        let faults = try FaultInjection(calls, error: error, in: database, of: daemon.pid)
        for number in 50..<55 { try expectRefusal(number, text, "check the disk", "resumes within seconds") }
        try expectSessions(0..<50)
        let client = try daemon.client()
        for number in 50..<55 { #expect(try client.read(try session("s\(number)"), lock: false).data == nil) }
        faults.end()
        try awaitWrite(55)
        try expectSessions(Array(0..<50) + [55])
        #expect(daemon.log.contains("takes no writes"))
        #expect(daemon.log.contains("takes writes again"))
        try expectAfterRestart(Array(0..<50) + [55])
    }

    /// A full disk is not known to the store itself, which looks for space when it is asked to write.
    @Test(arguments: ["EIO", "ENOSPC"])
    func deferredWritesAreOfferedWhileTheStoreIsWell(_ error: String) throws {
        try start(configuration: "[sessions]\nacknowledge = \"deferred\"\n")
        let client = try daemon.client()
        let alice = try session("s1")
        let version = try #require(try client.read(alice).version)
        #expect(try greet(client).deferred == true)
        let faults = try FaultInjection("write,pwrite64,writev", error: error, in: database, of: daemon.pid)
        _ = try client.read(alice)
        // The first that fails may have been offered. It is reported, and the next one is not.
        let token = try client.writeDeferred("lost".utf8, to: alice, version: version)
        let unwritten = try #require(try client.receive().unwritten)
        #expect(unwritten.token == token)
        #expect(unwritten.code == .storeFault)
        #expect(try client.read(alice).deferred == false)
        #expect(try client.read(try session("nobody"), lock: false).deferred == false)
        #expect(try greet(client).deferred == false)
        #expect(daemon.log.contains("a deferred write was not carried out"), "\(daemon.log)")
        faults.end()
        try awaitWrite(50)
        try awaitOffer(true, client)
        #expect(try greet(client).deferred == true)
        #expect(try client.read(alice).version == version)
        try client.writeDeferred("kept".utf8, to: alice, version: version)
        #expect(try client.read(alice).data == Array("kept".utf8))
        try expectAfterRestart(Array(2...50))
    }

    /// Nobody writes here until the store has gone on by itself.
    @Test func deferredWritesAreNotOfferedOnceTheStoreRefusesWrites() throws {
        try start(configuration: "[sessions]\nacknowledge = \"deferred\"\n")
        let client = try daemon.client()
        try awaitOffer(true, client)
        let faults = try FaultInjection("fdatasync", error: "EIO", in: database, of: daemon.pid)
        #expect(try write(50, client).version != nil, "it is to be synced in the background")
        try awaitOffer(false, client)
        faults.end()
        try awaitOffer(true, client)
        #expect(!daemon.log.contains("a request failed"), "\(daemon.log)")
        try expectAfterRestart(0...50)
    }

    /// Waits until reads say that deferred writes are taken, or are not.
    private func awaitOffer(_ isOffered: Bool, _ client: ProtocolClient) throws {
        let end = Date(timeIntervalSinceNow: 30)
        while try client.read(try session("nobody"), lock: false).deferred != isOffered {
            try #require(Date.now < end, "\(daemon.log)")
            usleep(5_000)
        }
    }

    private func greet(_ client: ProtocolClient) throws -> Response {
        try client.ask(.hello(.init(version: .current, nonce: 1)))
    }

    @Test func writeWhoseSyncFailedIsTakenBack() throws {
        try start(configuration: "[store]\ndurability = \"power\"\n")
        let client = try daemon.client()
        let alice = try session("s1")
        let version = try #require(try client.read(alice, lock: false).version)
        let faults = try FaultInjection("fdatasync,fsync", error: "EIO", in: database, of: daemon.pid)
        // It is in the log, but not known to be on the disk.
        #expect(try client.write("changed".utf8, to: alice, version: version).error == .storeFault)
        try expectRefusal(50, "Input/output error")
        try expectSessions(0..<50)
        faults.end()
        try awaitWrite(51)
        #expect(try client.read(alice, lock: false).version == version)
        try expectSessions(Array(0..<50) + [51])
        #expect(try client.write("changed".utf8, to: alice, version: version).version == version + 1)
        try expectAfterRestart(Array(2..<50) + [51])
    }

    @Test func syncInTheBackgroundThatFailedStopsWrites() throws {
        try start()
        let faults = try FaultInjection("fdatasync", error: "EIO", in: database, of: daemon.pid)
        let number = try firstRefusedWrite(from: 100)
        let written = Array(0..<50) + Array(100..<number)
        try expectRefusal(number + 1, "Input/output error")
        try expectSessions(written)
        faults.end()
        try awaitWrite(number + 2)
        try expectSessions(written + [number + 2])
        try expectAfterRestart(written + [number + 2])
    }

    @Test func directoryThatIsMovedAwayIsMissedAndTakenBack() throws {
        try start()
        let files = FileManager.default
        try files.moveItem(atPath: daemon.stateDirectory, toPath: daemon.stateDirectory + ".away")
        let number = try firstRefusedWrite(from: 100)
        try expectRefusal(number, daemon.stateDirectory, "put it back")
        try expectSessions(0..<50)
        try files.moveItem(atPath: daemon.stateDirectory + ".away", toPath: daemon.stateDirectory)
        try awaitWrite(number)
        try expectAfterRestart(Array(0..<50) + Array(100...number))
    }

    @Test func directoryThatIsRemovedIsMissed() throws {
        try start()
        try FileManager.default.removeItem(atPath: daemon.stateDirectory)
        let number = try firstRefusedWrite(from: 100)
        try expectRefusal(number + 1, daemon.stateDirectory, "restore it from a backup and restart cloakroomd")
        try expectSessions(0..<50)
        daemon.stop()
        try daemon.start()
        #expect(try write(0, daemon.client()).version != nil)
    }

    @Test func tableThatWasCutOffCostsOnlyTheSessionsInIt() throws {
        try start(sessions: 0)
        let client = try daemon.client()
        let large = [UInt8](repeating: UInt8(ascii: "y"), count: 1 << 20)
        var count = 0
        var finished = try finishedTable()
        while finished == nil {
            #expect(try client.write(large, to: try session("l\(count)"), version: 0).version != nil)
            count += 1
            try #require(count < 2000, "sessions do not become tables")
            finished = try finishedTable()
        }
        let table = try #require(finished)
        // What a bad sector is to a read: there is nothing where it looks. The end, with the index, is in memory.
        #expect(truncate(table, 1 << 20) == 0)
        var (found, refused) = (0, 0)
        for number in 0..<count {
            let response = try client.read(try session("l\(number)"), lock: false)
            if response.data?.count == large.count {
                found += 1
            } else {
                #expect(response.error == .storeFault || response == .absent(.unreadable))
                refused += 1
            }
        }
        #expect(found > 0)
        #expect(refused > 0)
        #expect(found + refused == count)
        #expect(try write(0, client).version != nil)
        #expect(daemon.log.contains(".sst"), "the log names the file")
        #expect(daemon.log.contains("session="), "the log names the session")
        daemon.stop(SIGKILL)
    }

    /// A table of bodies that is written to its end: there is a later one, and one is written after the other. What is cut off a
    /// table that is still written, RocksDB has in memory.
    private func finishedTable() throws -> String? {
        let tables = try FileManager.default.contentsOfDirectory(atPath: database).filter { $0.hasSuffix(".sst") }
            .sorted()
            .map { database + "/" + $0 }
        // One that has gone meanwhile was no table of bodies.
        let large = tables.filter { (try? size($0)) ?? 0 > 10 << 20 }
        return large.count > 1 ? large.first : nil
    }

    private func size(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    }

    @Test func stateDirectoriesThatCannotBeUsedAreRefusedAtTheStart() throws {
        let files = FileManager.default
        let root = daemon.directory.path
        try Data().write(to: URL(fileURLWithPath: root + "/file"))
        try files.createDirectory(atPath: root + "/open", withIntermediateDirectories: false)
        #expect(chmod(root + "/open", 0o755) == 0)
        try files.createSymbolicLink(atPath: root + "/link", withDestinationPath: root + "/open")
        let cases = [
            ("/missing/state", "create its parent directory first"),
            ("/file", "not a directory"),
            ("/open", "chmod 700"),
            ("/link", "not a directory"),
        ]
        for (path, hint) in cases {
            let started = try DaemonProcess.run(
                DaemonProcess.binary,
                ["--key-file", daemon.keyFile, "--socket", daemon.socket, "--state-dir", root + path]
            )
            #expect(started.status == 1)
            #expect(started.output.contains(root + path), "\(started.output)")
            #expect(started.output.contains(hint), "\(started.output)")
        }
    }
}
