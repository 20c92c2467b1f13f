// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// The gate's socket as it is configured, and the rules that a check goes by.
@Suite(.timeLimit(.minutes(10))) struct GateConfigurationTests {
    private let daemon: DaemonProcess
    private let clock: MovableClock
    private let alice: SessionReference

    init() throws {
        clock = try MovableClock()
        daemon = try DaemonProcess(clock: clock)
        alice = try session("alice")
    }

    private func start(_ configuration: String) throws { try daemon.start(try daemon.configure(configuration)) }

    private func browser(_ address: String = "192.0.2.1", _ agent: String = "Browser/1") -> ClientClaims {
        ClientClaims(address: Array(address.utf8), agent: Array(agent.utf8))
    }

    @Test func namedSocketIsMadeAndOneThatIsInTheWayIsNot() throws {
        let path = daemon.directory.path + "/other.sock"
        try start("[server]\ngate_socket = \"\(path)\"\n")
        #expect(try GateClient.greeted(path: path).check(alice) == .notAlive(.unknown))
        #expect(!FileManager.default.fileExists(atPath: daemon.gateSocket))
        #expect(daemon.stop() == 0)
        #expect(!FileManager.default.fileExists(atPath: path))
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(throws: DaemonProcess.Failure.self) {
            try daemon.start(["--config", daemon.directory.path + "/cloakroom.toml"])
        }
        #expect(daemon.log.contains("remove it, or set another server.gate_socket"))
        // One that nobody asked for by name is done without.
        try FileManager.default.createDirectory(atPath: daemon.gateSocket, withIntermediateDirectories: false)
        try daemon.start()
        #expect(daemon.log.contains("there is no socket for cloakroom-fcgi"))
        #expect(try daemon.client().ask(.ping) == .pong)
    }

    @Test func groupThatDoesNotExistIsAnError() throws {
        #expect(throws: DaemonProcess.Failure.self) { try start("[server]\ngate_group = \"no-such-group\"\n") }
        #expect(daemon.log.contains("server.gate_group"))
    }

    @Test func frameThatIsNotCompletedAndSilenceBeforeHelloTimeOut() throws {
        try start("[server]\nframe_timeout = 1\n")
        let silent = try GateClient(path: daemon.gateSocket)
        let slow = try daemon.gate()
        try slow.send([0, 0, 0, 5, 0x02])
        let idle = try daemon.gate()
        #expect(try slow.receive().error == .frameTimedOut)
        #expect(try slow.isAtEnd())
        #expect(try silent.receive().error == .frameTimedOut)
        #expect(try idle.check(alice) == .notAlive(.unknown), "a connection between requests has no time limit")
    }

    @Test func anotherBrowserIsRefusedAndItsReportNamesTheProcess() throws {
        try start("[binding]\nagent = \"deny\"\n")
        let client = try ProtocolClient(path: daemon.socket)
        let hello = Request.Hello(version: .current, nonce: 1, claims: browser())
        guard case .hello = try client.ask(.hello(hello)) else {
            Issue.record("HELLO was not answered")
            return
        }
        #expect(try client.write("a".utf8, to: alice, version: 0).version != nil)
        let gate = try daemon.gate()
        #expect(try gate.check(alice, claims: browser()).alive != nil)
        #expect(try gate.check(alice, claims: browser("192.0.2.1", "curl/8")) == .notAlive(.otherAgent))
        #expect(try gate.check(alice, claims: browser()).alive != nil, "the owner keeps it")
        #expect(daemon.log.contains("session rejected"))
        #expect(daemon.log.contains("process=\(getpid())"))
    }

    @Test func guessesOfTheGateAndOfPHPCountTogether() throws {
        try start("[limits]\nunknown_ids_per_minute = 5\nunknown_ids_refuse_after = 1\nunknown_ids_refuse_for = 600\n")
        let gate = try daemon.gate()
        var answers = try (0..<6).map { try gate.check(session("guess\($0)"), claims: browser()) }
        #expect(answers.removeLast().error == .tooManyUnknownIDs)
        #expect(answers.allSatisfy { $0 == .notAlive(.unknown) })
        #expect(try gate.check(session("guess7"), claims: browser()).error == .tooManyUnknownIDs)
        #expect(try gate.check(session("guess7"), claims: browser("192.0.2.2")) == .notAlive(.unknown))
        try daemon.logIn(alice)
        #expect(try gate.check(alice, claims: browser()).alive != nil, "who has a session is let in")
    }

    @Test func timePassesAndActivityMovesTheEnd() throws {
        try start("")
        try daemon.logIn(alice, lifetime: 100)
        let gate = try daemon.gate()
        clock.advance(seconds: 60)
        #expect((30...40).contains(try #require(try gate.check(alice).alive).remaining))
        #expect((90...100).contains(try #require(try gate.check(alice, isActivity: true).alive).remaining))
        clock.advance(seconds: 60)
        #expect((50...70).contains(try #require(try gate.check(alice).alive).idle))
        clock.advance(seconds: 45)
        #expect(try gate.check(alice).alive == nil)
    }

    @Test func diskThatTakesNoWritesTurnsNobodyAway() throws {
        try start("")
        try daemon.logIn(alice, lifetime: 100)
        let gate = try daemon.gate()
        let faults = try FaultInjection(
            "write,pwrite64,writev,fdatasync",
            error: "EIO",
            in: daemon.stateDirectory + "/rocksdb",
            of: daemon.pid
        )
        clock.advance(seconds: 60)
        #expect(try gate.check(alice, isActivity: true).alive != nil)
        faults.end()
        #expect(daemon.log.contains("the use of a session could not be noted"))
    }

    @Test func poolsAreApart() throws {
        try start("[pools.shop]\nunix_users = [47112]\n")
        try daemon.logIn(alice)
        let gate = try daemon.gate()
        #expect(try gate.check(alice).alive != nil)
        #expect(try gate.check(alice, pool: "shop") == .notAlive(.unknown))
        #expect(try gate.check(alice, pool: "blog").error == .unknownPool)
    }
}
