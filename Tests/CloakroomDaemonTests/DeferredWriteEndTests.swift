// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import NIOCore
import Testing

/// Writes that nobody waits for, whose client goes away or whose daemon is told to stop.
@Suite(.timeLimit(.minutes(10))) struct DeferredWriteEndTests {
    private static let large = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)

    private func start() throws -> DaemonProcess {
        let daemon = try DaemonProcess()
        try start(daemon)
        return daemon
    }

    private func start(_ daemon: DaemonProcess) throws {
        try daemon.start(daemon.configure("[sessions]\nacknowledge = \"deferred\"\n"))
    }

    private func write(_ data: [UInt8], to session: SessionReference, version: UInt64 = 0) -> Request {
        .write(
            .init(
                session: session,
                version: version,
                token: .random(in: 1...(.max)),
                lifetime: 1440,
                release: true,
                deferred: true,
                data: SessionData(data)
            )
        )
    }

    private func frames(_ requests: [Request]) -> ByteBufferView {
        var frames = ByteBuffer()
        for request in requests { request.encode(into: &frames) }
        return frames.readableBytesView
    }

    /// Waits until a session holds what a client has written before it went.
    private func awaitContents(_ data: [UInt8], in session: SessionReference, _ reader: ProtocolClient) throws {
        let end = Date(timeIntervalSinceNow: 30)
        while try reader.read(session, lock: false).data != data {
            try #require(Date.now < end, "a write whose client has gone was not carried out")
            usleep(1_000)
        }
    }

    /// What clients do that end right after a write: those of the first kind have been answered, the others read nothing.
    @Test(arguments: 0..<4)
    func clientThatIsGoneRightAfterSendingHasWritten(_ kind: Int) throws {
        let daemon = try start()
        let rounds = 0..<250
        let hello = Request.hello(.init(version: .current, nonce: 1))
        for round in rounds {
            let mine = try session("s\(round)")
            let data = Array("round \(round)".utf8)
            let client = try kind == 0 ? daemon.client() : ProtocolClient(path: daemon.socket)
            let lock = Request.read(.init(session: mine, lock: true, wait: 0))
            let last = write(data, to: mine)
            switch kind {
            case 0:
                #expect(try client.read(mine).deferred == true)
                try client.send(last)
            case 1: try client.send(frames([hello, lock, last]))
            case 2:
                // Answers that nobody takes, of which the daemon hears when it writes them.
                let other = try session("t\(round)")
                try client.send(
                    frames([hello] + Array(repeating: .ping, count: 50) + [write([], to: other, version: 7)])
                )
                try client.send(frames([lock, .ping, last]))
            default:
                try client.send(frames([hello, lock]))
                try client.send(frames([last]))
            }
        }
        let reader = try daemon.client()
        for round in rounds { try awaitContents(Array("round \(round)".utf8), in: try session("s\(round)"), reader) }
        #expect(try reader.ask(.ping) == .pong)
    }

    @Test(arguments: [0, 1, 50])
    func largeWriteOfAClientThatIsGone(_ pings: Int) throws {
        let daemon = try start()
        let reader = try daemon.client()
        for round in 0..<20 {
            let mine = try session("s\(round)")
            var client: ProtocolClient? = try daemon.client()
            let lock = Request.read(.init(session: mine, lock: true, wait: 0))
            let before = [write([], to: mine, version: 7), lock] + Array(repeating: Request.ping, count: pings)
            try client?.send(frames(before + [write(Self.large, to: mine)]))
            client = nil
            try awaitContents(Self.large, in: mine, reader)
        }
    }

    /// The daemon learns that the client has gone when it writes the first answer, with most of what was sent still in the
    /// socket, and, in one case, with a write that has to wait.
    @Test(arguments: [false, true])
    func whatIsInTheSocketIsCarriedOutWhenAnswersCannotBeWritten(_ oneWaits: Bool) throws {
        let daemon = try start()
        let holder = try daemon.client()
        let (alice, bob) = (try session("alice"), try session("bob"))
        if oneWaits { _ = try holder.read(alice) }
        let sessions = try (0..<4).map { try session("s\($0)") }
        let data = [UInt8](repeating: UInt8(ascii: "z"), count: 20_000)
        let small = Array("small".utf8)
        let first = [.ping, write([], to: bob, version: 7), write(small, to: alice)]
        var client: ProtocolClient? = try daemon.client()
        do {
            // It sees nothing before everything is sent and the client has gone.
            kill(daemon.pid, SIGSTOP)
            defer { kill(daemon.pid, SIGCONT) }
            try client?.send(frames(first + sessions.map { write(data, to: $0) }))
            client = nil
        }
        if oneWaits {
            try daemon.awaitLocks("held=1 waiting=1")
            try holder.send(.release)
        }
        try awaitContents(small, in: alice, holder)
        for session in sessions { try awaitContents(data, in: session, holder) }
    }

    @Test func writeOfAClientThatIsGoneWaitsForTheLockAndSoDoesWhatFollows() throws {
        let daemon = try start()
        let holder = try daemon.client()
        let (alice, bob, carol) = (try session("alice"), try session("bob"), try session("carol"))
        let version = try #require(try holder.write("old".utf8, to: alice, version: 0).version)
        _ = try holder.write("old".utf8, to: carol, version: 0)
        _ = try holder.read(alice)
        var client: ProtocolClient? = try daemon.client()
        try client?.send(
            frames([
                write(Array("new".utf8), to: alice, version: version),
                .read(.init(session: bob, lock: true, wait: 0)),
                write(Array("bob".utf8), to: bob),
                .destroy(carol),
            ])
        )
        client = nil
        try daemon.awaitLocks("held=1 waiting=1")
        #expect(try holder.read(bob, lock: false) == .absent(.unknown, deferred: true), "it comes after the first")
        #expect(try holder.read(carol, lock: false).version != nil)
        try holder.send(.release)
        try awaitContents(Array("bob".utf8), in: bob, holder)
        #expect(try holder.read(alice, lock: false).data == Array("new".utf8))
        let end = Date(timeIntervalSinceNow: 30)
        while try holder.read(carol, lock: false).version != nil { try #require(Date.now < end) }
        for session in [alice, bob, carol] { #expect(try holder.read(session).error == nil, "all locks are free") }
    }

    @Test func clientThatIsGoneBeforeItsWriteIsCarriedOutKeepsItsPlaceAmongTheConnections() throws {
        let daemon = try DaemonProcess()
        try daemon.start(
            daemon.configure("[sessions]\nacknowledge = \"deferred\"\n[limits]\nconnections = 2\n")
        )
        let alice = try session("alice")
        let end = Date(timeIntervalSinceNow: 30)
        var clients: [ProtocolClient] = []
        // The connection with which the start was awaited may still count.
        while clients.count < 2 {
            if let client = try? daemon.client() { clients.append(client) }
            try #require(Date.now < end)
        }
        let holder = clients.removeFirst()
        _ = try holder.read(alice)
        try clients[0].writeDeferred("new".utf8, to: alice, version: 0)
        try daemon.awaitLocks("held=1 waiting=1")
        clients.removeAll()
        #expect(throws: ProtocolClient.Failure.self) { try daemon.client() }
        try holder.send(.release)
        try awaitContents(Array("new".utf8), in: alice, holder)
        while (try? daemon.client()) == nil { try #require(Date.now < end, "its place is free") }
    }

    @Test func stoppingDaemonCarriesOutWhatCouldBeSent() throws {
        let daemon = try DaemonProcess()
        for round in 0..<10 {
            try start(daemon)
            let names = (0..<3).map { "r\(round)-\($0)" }
            let clients = try names.map { _ in try daemon.client() }
            let sent = Locked([Int](repeating: 0, count: names.count))
            let group = DispatchGroup()
            for (index, client) in clients.enumerated() {
                DispatchQueue.global().async(group: group) {
                    let count = Self.writeUntilRefused(client, names[index])
                    sent.withLock { $0[index] = count }
                }
            }
            let reader = try daemon.client()
            let end = Date(timeIntervalSinceNow: 30)
            let mark = try session("\(names[0])-\(Int.random(in: 10..<150))")
            while try reader.read(mark, lock: false).version == nil { try #require(Date.now < end, "\(daemon.log)") }
            #expect(daemon.stop() == 0, "\(daemon.log)")
            group.wait()
            try start(daemon)
            // One that could not be sent as a whole is not carried out, and all others are.
            #expect(try names.map { try count($0, daemon) } == sent.withLock { $0 }, "round \(round)")
            #expect(daemon.stop() == 0)
        }
    }

    /// Writes one session after the other until the daemon has shut the connection; answers how many could be sent. Some are
    /// larger than what a socket holds.
    private static func writeUntilRefused(_ client: ProtocolClient, _ name: String) -> Int {
        for sent in 0... {
            let data = [UInt8](repeating: UInt8(ascii: "y"), count: sent % 50 == 49 ? 1 << 20 : 100)
            do {
                try client.writeDeferred(data, to: try session("\(name)-\(sent)"), version: 0)
            } catch {
                return sent
            }
        }
        return 0
    }

    /// How many sessions of those that a client has made there are.
    private func count(_ name: String, _ daemon: DaemonProcess) throws -> Int {
        let reader = try daemon.client()
        var count = 0
        while try reader.read(try session("\(name)-\(count)"), lock: false).version != nil { count += 1 }
        return count
    }

    @Test(arguments: [false, true])
    func stoppingDaemonLetsItWaitForTheLock(_ holderWrites: Bool) throws {
        let daemon = try start()
        let alice = try session("alice")
        let holder = try daemon.client()
        var gone: ProtocolClient? = try daemon.client()
        let waiting = try daemon.client()
        let version = try #require(try holder.write("old".utf8, to: alice, version: 0).version)
        _ = try holder.read(alice)
        try gone?.writeDeferred("new".utf8, to: alice, version: version)
        try daemon.awaitLocks("held=1 waiting=1")
        gone = nil
        // Its place is behind the other one's, which is what makes the difference to the version.
        try waiting.writeDeferred("newer".utf8, to: alice, version: version + 1)
        try daemon.awaitLocks("held=1 waiting=2")
        kill(daemon.pid, SIGTERM)
        if holderWrites { try holder.send(.release) }
        #expect(daemon.wait() == 0, "\(daemon.log)")
        #expect(daemon.log.contains("still in use") != holderWrites, "\(daemon.log)")
        #expect(!daemon.log.contains("given up"), "\(daemon.log)")
        try start(daemon)
        #expect(try daemon.client().read(alice).data == Array("newer".utf8))
    }

    @Test func stoppingDaemonGivesUpWhatWaitsForEachOther() throws {
        let daemon = try start()
        let (alice, bob) = (try session("alice"), try session("bob"))
        var first: ProtocolClient? = try daemon.client()
        var second: ProtocolClient? = try daemon.client()
        _ = try first?.read(alice)
        _ = try second?.read(bob)
        try first?.writeDeferred("bob".utf8, to: bob, version: 0)
        try second?.writeDeferred("alice".utf8, to: alice, version: 0)
        try daemon.awaitLocks("held=2 waiting=2")
        (first, second) = (nil, nil)
        #expect(daemon.stop() == 0, "\(daemon.log)")
        #expect(daemon.log.contains("given up"), "\(daemon.log)")
        #expect(daemon.log.contains("a deferred write was not carried out"), "\(daemon.log)")
    }
}
