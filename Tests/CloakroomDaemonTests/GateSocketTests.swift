// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import CloakroomStatus
import Foundation
import NIOCore
import Testing

/// The gate's socket of the real daemon: what it answers, and that it goes on whatever comes.
@Suite(.timeLimit(.minutes(10))) struct GateSocketTests {
    private let daemon: DaemonProcess
    private let alice: SessionReference
    private let checked = DispatchSemaphore(value: 0)

    init() throws {
        daemon = try DaemonProcess()
        try daemon.start()
        alice = try session("alice")
    }

    @Test func livingSessionIsToldWithItsUserAndAnUnknownOneIsNot() throws {
        let gate = try daemon.gate()
        #expect(try gate.check(alice) == .notAlive(.unknown))
        try daemon.logIn(alice, as: "alice@example.org")
        guard case .alive(let alive) = try gate.check(alice) else {
            Issue.record("not alive")
            return
        }
        #expect(alive.user?.name == UserName("alice@example.org".utf8))
        #expect(alive.age < 60 && alive.idle < 60)
        #expect((1380...1440).contains(alive.remaining))
        #expect(try daemon.control("sessions", "show", "\(alive.tag)").status == 0)
    }

    @Test func statusIsASnapshotWithTheLocks() throws {
        let gate = try daemon.gate()
        try daemon.logIn(alice, as: "alice")
        let holder = try daemon.client()
        _ = try holder.read(alice)
        _ = try gate.check(alice)
        let snapshot = try status(gate)
        #expect(snapshot.report.pools.map(\.pool) == ["default"])
        #expect(snapshot.report.pools.first?.count("admitted") == 1)
        #expect(snapshot.report.daemon.pid == daemon.pid)
        #expect(snapshot.locks.map(\.user) == ["alice"])
        #expect(snapshot.locks.first?.holder.pid == getpid())
        let checks = snapshot.report.pools.first?.latencies.first { $0.kind == .check }
        #expect(checks?.sinceStart.count == 1)
    }

    @Test func helloAndCheckInOnePacketAndByteByByte() throws {
        try daemon.logIn(alice)
        let together = try GateClient(path: daemon.gateSocket)
        try together.send(
            .hello(GateRequest.version),
            .check(.init(session: alice)),
            .status,
            .check(.init(session: alice))
        )
        guard case .hello(let version, let name) = try together.receive() else {
            Issue.record("HELLO was not answered")
            return
        }
        #expect(version == GateRequest.version)
        #expect(!name.isEmpty)
        #expect(try together.receive().alive != nil)
        guard case .status = try together.receive() else {
            Issue.record("STATUS was not answered in its place")
            return
        }
        #expect(try together.receive().alive != nil)

        let slow = try daemon.gate()
        var frame = ByteBuffer()
        GateRequest.check(.init(session: alice)).encode(into: &frame)
        for byte in frame.readableBytesView { try slow.send([byte]) }
        #expect(try slow.receive().alive != nil)
    }

    @Test func laterVersionIsToldWhichOneToSpeak() throws {
        let gate = try GateClient(path: daemon.gateSocket)
        guard case .hello(let version, _) = try gate.ask(.hello(ProtocolVersion(rawValue: 9))) else {
            Issue.record("a later version is refused")
            return
        }
        #expect(version == GateRequest.version)
        let old = try GateClient(path: daemon.gateSocket)
        #expect(try old.ask(.hello(ProtocolVersion(rawValue: 0))).error == .unsupportedVersion)
        #expect(try old.isAtEnd())
    }

    @Test func firstRequestMustBeHello() throws {
        for request in [GateRequest.status, .check(.init(session: alice))] {
            let gate = try GateClient(path: daemon.gateSocket)
            #expect(try gate.ask(request).error == .helloRequired)
            #expect(try gate.isAtEnd())
        }
        // A request of PHP's: its HELLO has a nonce, which is too much here.
        var hello = ByteBuffer()
        Request.hello(.init(version: .current, nonce: 1)).encode(into: &hello)
        let php = try GateClient(path: daemon.gateSocket)
        try php.send(hello.readableBytesView)
        #expect(try php.receive().error == .malformed)
        #expect(try php.isAtEnd())
    }

    @Test func frameThatCannotBeTrustedEndsItsConnectionOnly() throws {
        let other = try daemon.gate()
        var generator = SeededGenerator(seed: 8)
        let garbage = (0..<50).map { _ in
            (0..<Int.random(in: 5...200, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
        let frames: [([UInt8], ErrorCode?)] = [
            ([0, 0, 0, 0], .malformed),
            ([0, 0, 0, 1, 0x63], .unknownOperation),
            ([0, 0, 0, 2, 0x03, 0], .malformed),
            ([0, 0, 0, 3, 0x02, 2, 0], .malformed),
            ([0xff, 0xff, 0xff, 0xff], .frameTooLarge),
            ([0, 5, 4, 6], .frameTooLarge),
            (Array("GET / HTTP/1.1\r\n\r\n".utf8), .frameTooLarge),
        ]
        for (bytes, code) in frames {
            let gate = try daemon.gate()
            try gate.send(bytes)
            #expect(try gate.receive().error == code, "\(bytes)")
            #expect(try gate.isAtEnd())
        }
        for bytes in garbage {
            // The first byte makes a frame that is too long.
            let gate = try daemon.gate()
            try gate.send([0xee] + bytes)
            #expect(try gate.receive().error == .frameTooLarge)
        }
        #expect(try other.check(alice) == .notAlive(.unknown))
    }

    @Test func badIDAndUnknownPoolLeaveTheConnection() throws {
        let gate = try daemon.gate()
        let fields: [UInt8] =
            [0x02, 0, 0, 1, UInt8(ascii: "n"), 0, 2] + Array("..".utf8) + [UInt8](repeating: 0, count: 10)
        try gate.send([0, 0, 0, UInt8(fields.count)] + fields)
        #expect(try gate.receive().error == .badSessionID)
        #expect(try gate.check(alice, pool: "shop").error == .unknownPool)
        #expect(try gate.check(alice, pool: "default") == .notAlive(.unknown))
    }

    @Test func logOutIsSeenAtOnceAndNobodyWaitsForWhoHoldsTheSession() throws {
        try daemon.logIn(alice)
        let gate = try daemon.gate()
        let holder = try daemon.client()
        let version = try #require(try holder.read(alice).version)
        for _ in 0..<100 { #expect(try gate.check(alice, isActivity: true).alive != nil) }
        #expect(try holder.write("b".utf8, to: alice, version: version).version == version + 1)
        for _ in 0..<20 {
            #expect(try gate.check(alice).alive != nil)
            #expect(try holder.ask(.destroy(alice)) == .destroyed(existed: true))
            #expect(try gate.check(alice) == .notAlive(.unknown))
            try daemon.logIn(alice)
        }
    }

    @Test func checksAndWritesAtTheSameTimeKeepEverything() throws {
        try daemon.logIn(alice)
        let (gate, writer) = (try daemon.gate(), try daemon.client())
        let checks = Thread {
            for _ in 0..<2000 {
                let alive = (try? gate.check(self.alice, isActivity: true))?.alive
                if alive == nil { Issue.record("a session was not alive while it was being written") }
            }
            self.checked.signal()
        }
        checks.start()
        var version = try #require(try writer.read(alice).version)
        for number in 0..<500 {
            let written = try writer.write("\(number)".utf8, to: alice, version: version)
            version = try #require(written.version, "\(written)")
            version = try #require(try writer.read(alice).version)
        }
        #expect(checked.wait(timeout: .now() + 120) == .success)
        #expect(try writer.read(alice).data == Array("499".utf8))
    }

    @Test func killedDaemonIsFoundAgainWithItsSessions() throws {
        try daemon.logIn(alice, as: "alice")
        let gate = try daemon.gate()
        let before = try #require(try gate.check(alice).alive)
        #expect(daemon.stop(SIGKILL) == -SIGKILL)
        #expect(throws: (any Error).self) { try gate.check(alice) }
        try daemon.start()
        let after = try #require(try daemon.gate().check(alice).alive)
        #expect((after.tag, after.user?.name) == (before.tag, before.user?.name))
    }

    @Test func stoppingDaemonAnswersForAsLongAsItServesPHP() throws {
        try daemon.logIn(alice)
        let gate = try daemon.gate()
        let holder = try daemon.client()
        let version = try #require(try holder.read(alice).version)
        kill(daemon.pid, SIGTERM)
        // PHP's socket is gone first; whoever holds a session may finish.
        try daemon.await("PHP is not let in any more") { (try? daemon.client()) == nil }
        #expect(try gate.check(alice).alive != nil)
        #expect(try holder.write("b".utf8, to: alice, version: version).version == version + 1)
        #expect(daemon.wait() == 0, "\(daemon.log)")
        #expect(try gate.isAtEnd())
        #expect(!FileManager.default.fileExists(atPath: daemon.gateSocket))
    }

    @Test func numberOfConnectionsIsLimitedAndSilentOnesHoldNobodyUp() throws {
        var silent = try (0..<256).map { _ in try daemon.gate() }
        // A frame that does not become complete.
        for gate in silent { try gate.send([0, 0, 1]) }
        let late = try GateClient(path: daemon.gateSocket)
        #expect(try late.receive().error == .tooManyConnections)
        #expect(try late.isAtEnd())
        #expect(try daemon.client().ask(.ping) == .pong)
        silent.removeAll()
        try daemon.await("places are given back") { (try? daemon.gate()) != nil }
    }

    @Test func nothingIsLoggedOfChecks() throws {
        try daemon.logIn(alice, as: "alice@example.org")
        let before = daemon.log
        let gate = try daemon.gate()
        for number in 0..<50 {
            #expect(try gate.check(alice).alive != nil)
            #expect(try gate.check(session("unknown\(number)")) == .notAlive(.unknown))
            #expect(try gate.check(alice, pool: "shop").error == .unknownPool)
        }
        #expect(daemon.log == before)
        #expect(!daemon.log.contains("example.org"))
    }

    private func status(_ gate: GateClient) throws -> StatusSnapshot {
        guard case .status(let json) = try gate.ask(.status) else {
            throw DaemonProcess.Failure(description: "STATUS was not answered with STATUS_IS")
        }
        return try JSONDecoder().decode(StatusSnapshot.self, from: Data(json))
    }
}
