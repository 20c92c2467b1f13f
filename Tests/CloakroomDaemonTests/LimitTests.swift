// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProtocol
import CloakroomProcessKit
import Foundation
import NIOCore
import Testing

/// Whoever exceeds a limit is told so, and everybody else is served.
@Suite(.timeLimit(.minutes(10))) struct LimitTests {
    private func daemon(_ configuration: String) throws -> DaemonProcess {
        let daemon = try DaemonProcess()
        let file = daemon.directory.path + "/cloakroom.toml"
        try configuration.write(toFile: file, atomically: true, encoding: .utf8)
        return daemon
    }

    private func start(_ daemon: DaemonProcess) throws {
        try daemon.start(["--config", daemon.directory.path + "/cloakroom.toml"])
    }

    /// A connection that is admitted, once one has become free.
    private func admitted(_ daemon: DaemonProcess) throws -> ProtocolClient {
        let end = Date(timeIntervalSinceNow: 30)
        while true {
            let (client, answer) = try connect(daemon)
            if case .hello = answer { return client }
            try #require(answer.error == .tooManyConnections && Date.now < end)
        }
    }

    /// A connection, and the answer to its HELLO.
    private func connect(_ daemon: DaemonProcess) throws -> (ProtocolClient, Response) {
        let client = try ProtocolClient(path: daemon.socket)
        // A daemon that refuses may have closed already; its answer is there all the same.
        try? client.send(.hello(.init(version: .current, nonce: 1)))
        return (client, try client.receive())
    }

    @Test(arguments: ["connections = 3", "connections_per_user = 3"])
    func connectionBeyondTheLimitIsRefusedByNameOfTheLimit(_ limit: String) throws {
        let daemon = try daemon("[limits]\n\(limit)\n")
        try start(daemon)
        let holder = try admitted(daemon)
        var others: [ProtocolClient] = []
        while others.count < 2 { others.append(try admitted(daemon)) }
        let refused = try ProtocolClient(path: daemon.socket)
        guard case .error(let error) = try refused.receive() else {
            Issue.record("the fourth connection was not refused")
            return
        }
        #expect(error.code == .tooManyConnections)
        #expect(error.message.contains("limits." + limit.prefix { $0 != " " }), "\(error)")
        #expect(try refused.isAtEnd())
        #expect(try holder.ask(.ping) == .pong, "those that are connected are served")
        others.removeAll()
        #expect(try admitted(daemon).ask(.ping) == .pong, "and their place is free again")
    }

    @Test func tooFewDescriptorsLowerTheLimitInsteadOfFailing() throws {
        let daemon = try daemon("")
        let arguments = daemon.standardArguments.map { "'\($0)'" }.joined(separator: " ")
        try daemon.launch("/bin/sh", arguments: ["-c", "ulimit -n 128 && exec '\(DaemonProcess.binary)' \(arguments)"])
        let end = Date(timeIntervalSinceNow: 30)
        while (try? ProtocolClient(path: daemon.socket)) == nil { try #require(Date.now < end, "\(daemon.log)") }
        let first = try admitted(daemon)
        var clients: [ProtocolClient] = []
        var refused = 0
        for _ in 0..<300 {
            let (client, answer) = try connect(daemon)
            if case .hello = answer { clients.append(client) } else { refused += 1 }
        }
        #expect(refused > 0)
        #expect(clients.count > 16, "half of the descriptors are there for clients")
        #expect(daemon.log.contains("LimitNOFILE"), "\(daemon.log)")
        let alice = try session("alice")
        #expect(try first.write("contents".utf8, to: alice, version: 0).version != nil)
        clients.removeAll()
        #expect(try admitted(daemon).read(alice).data == Array("contents".utf8))
    }

    @Test func clientThatReadsNoAnswersIsPausedAndThenDisconnected() throws {
        let daemon = try daemon("[server]\nframe_timeout = 1\n")
        try start(daemon)
        let client = try daemon.client()
        let alice = try session("alice")
        _ = try client.write([UInt8](repeating: 7, count: 1 << 20), to: alice, version: 0)
        let before = try residentMemory(of: daemon)
        var frame = ByteBuffer()
        for _ in 0..<1000 { Request.read(.init(session: alice, lock: false, wait: 0)).encode(into: &frame) }
        // 1,000 answers of 1 MiB are asked for, and none is taken.
        try client.send(frame.readableBytesView)
        let other = try daemon.client()
        #expect(try other.read(alice).data?.count == 1 << 20, "another client is served")
        var isClosed = pollfd(fd: client.descriptor, events: 0, revents: 0)
        #expect(poll(&isClosed, 1, 30_000) == 1, "it is disconnected")
        #expect(try residentMemory(of: daemon) - before < 64 << 20)
        #expect(daemon.log.contains("does not take its answers"), "\(daemon.log)")
    }

    /// Some of these numbers of answers are more than the socket holds, and less than what makes the daemon pause.
    @Test(arguments: 10..<16)
    func clientThatDoesNotReadTheErrorThatEndsItsConnectionIsDisconnected(_ answers: Int) throws {
        let daemon = try daemon("[server]\nframe_timeout = 1\n")
        try start(daemon)
        let client = try daemon.client()
        let alice = try session("alice")
        _ = try client.write([UInt8](repeating: 7, count: 15_000), to: alice, version: 0)
        var frame = ByteBuffer()
        for _ in 0..<answers { Request.read(.init(session: alice, lock: false, wait: 0)).encode(into: &frame) }
        Request.read(.init(session: alice, lock: true, wait: 0)).encode(into: &frame)
        frame.writeBytes([0, 0, 0, 1, 0x63])
        try client.send(frame.readableBytesView)
        #expect(try daemon.client().read(alice).data?.count == 15_000, "the lock is free once it is gone")
    }

    @Test func bytesOfOneUserHaveALimit() throws {
        let daemon = try daemon("[server]\nframe_timeout = 600\n[limits]\nbytes_in_flight_per_user = 4194304\n")
        try start(daemon)
        let alice = try session("alice")
        let whole = try daemon.client()
        #expect(try whole.write([UInt8](repeating: 7, count: 2 << 20), to: alice, version: 0).version != nil)
        // Three requests of 3 MiB of which the end does not come.
        var clients = try (0..<3).map { _ in try daemon.client() }
        var refused = 0
        for client in clients {
            try client.send([0, 0x3f, 0, 0])
            try? client.send([UInt8](repeating: 0, count: 3 << 20))
        }
        let end = Date(timeIntervalSinceNow: 30)
        while refused < 2 {
            try #require(Date.now < end, "only \(refused) were refused")
            for (index, client) in clients.enumerated().reversed() {
                var hasAnswer = pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&hasAnswer, 1, 10) == 1 else { continue }
                #expect(try client.receive().error == .tooManyBytes)
                clients.remove(at: index)
                refused += 1
            }
        }
        #expect(clients.count == 1)
        #expect(try whole.ask(.ping) == .pong, "small requests need no share")
        #expect(try whole.read(alice).error == .tooManyBytes, "a large answer needs one, too")
    }

    @Test func bytesAreGivenBack() throws {
        let daemon = try daemon("[limits]\nbytes_in_flight_per_user = 4194304\n")
        try start(daemon)
        let data = [UInt8](repeating: 7, count: 3 << 20)
        let alice = try session("alice")
        for round in 0..<20 {
            // What those of the last round held is given back once the daemon has seen them go.
            let end = Date(timeIntervalSinceNow: 30)
            while try !isWritten(data, to: alice, of: daemon) { try #require(Date.now < end, "round \(round)") }
            // The client goes away in the middle of a request, and with an answer on its way.
            let leaver = try daemon.client()
            try leaver.send(.read(.init(session: alice, lock: false, wait: 0)))
            let other = try daemon.client()
            try other.send([0, 0x20, 0, 0] + [UInt8](repeating: 0, count: 100_000))
        }
    }

    @Test func fullPoolRefusesNewSessionsAndWritesOthersAlsoAfterARestart() throws {
        let daemon = try daemon("[limits]\nsessions = 2\n")
        for _ in 0..<2 {
            try start(daemon)
            let client = try daemon.client()
            for name in ["alice", "bob"] {
                let version = try client.read(try session(name)).version ?? 0
                #expect(try client.write("contents".utf8, to: try session(name), version: version).version != nil)
            }
            guard case .error(let error) = try client.write([1], to: try session("carol"), version: 0) else {
                Issue.record("the third session was taken")
                return
            }
            #expect(error.code == .poolFull)
            #expect(error.message.contains("limits.sessions"), "\(error)")
            #expect(daemon.stop(SIGKILL) == -SIGKILL)
        }
        try start(daemon)
        let client = try daemon.client()
        #expect(try client.ask(.destroy(try session("alice"))) == .destroyed(existed: true))
        #expect(try client.write([1], to: try session("carol"), version: 0).version != nil)
    }

    /// Reads and writes a session on a connection of its own; `false` when either was refused.
    private func isWritten(_ data: [UInt8], to session: SessionReference, of daemon: DaemonProcess) throws -> Bool {
        let client = try daemon.client()
        let found = try client.read(session)
        guard found.error == nil else { return false }
        do {
            return try client.write(data, to: session, version: found.version ?? 0).version != nil
        } catch is ProtocolClient.Failure {
            // The connection was closed while the request was being sent.
            return false
        }
    }

    @Test func waiterThatHasSentMoreAndGoesAwayLeavesTheQueue() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let alice = try session("alice")
        let holder = try daemon.client()
        _ = try holder.read(alice)
        var leaver: ProtocolClient? = try daemon.client()
        try leaver?.send(.read(.init(session: alice, lock: true, wait: 0)))
        for _ in 0..<50 { try leaver?.send(.ping) }
        leaver = nil
        let waiter = try daemon.client()
        try waiter.send(.read(.init(session: alice, lock: true, wait: 0)))
        try holder.send(.release)
        #expect(try waiter.receive() == .absent(.unknown))
    }

    private func residentMemory(of daemon: DaemonProcess) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(daemon.pid)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(line.split(separator: " ").compactMap { Int($0) }.first) << 10
    }
}
