// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import NIOCore
import Testing

/// Writes that nobody waits for, while the client and the daemon live.
@Suite(.timeLimit(.minutes(10))) struct DeferredWriteTests {
    private func start(_ configuration: String = "") throws -> DaemonProcess {
        let daemon = try DaemonProcess()
        try daemon.start(daemon.configure("[sessions]\nacknowledge = \"deferred\"\n" + configuration))
        return daemon
    }

    private func greet(_ client: ProtocolClient) throws -> Response {
        try client.ask(.hello(.init(version: .current, nonce: 1)))
    }

    /// Waits until reads say that deferred writes are taken, or are not.
    private func awaitOffer(_ isOffered: Bool, of daemon: DaemonProcess) throws {
        let client = try daemon.client()
        let end = Date(timeIntervalSinceNow: 30)
        while try client.read(try session("nobody"), lock: false).deferred != isOffered {
            try #require(Date.now < end, "\(daemon.log)")
            usleep(5_000)
        }
    }

    @Test func theyAreOfferedWhenConfiguredAndTheStartSaysSo() throws {
        let daemon = try start()
        let client = try daemon.client()
        let alice = try session("alice")
        #expect(try greet(client).deferred == true)
        #expect(try client.read(alice).deferred == true)
        let written = try client.write("contents".utf8, to: alice, version: 0)
        #expect(
            try client.read(alice, lock: false)
                == .found(version: written.version ?? 0, data: SessionData(Array("contents".utf8)), deferred: true)
        )
        #expect(daemon.stop() == 0)
        #expect(daemon.log.contains("started acknowledge=deferred"), "\(daemon.log)")
    }

    @Test func theyAreHonouredAlsoWhenTheyAreNotOffered() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let client = try daemon.client()
        let alice = try session("alice")
        #expect(try greet(client).deferred == false)
        #expect(try client.read(alice).deferred == false)
        try client.writeDeferred("contents".utf8, to: alice, version: 0)
        #expect(try client.ask(.ping) == .pong, "a write that was carried out is not answered")
        let found = try client.read(alice)
        #expect(found.data == Array("contents".utf8))
        #expect(found.deferred == false)
        #expect(daemon.stop() == 0)
        #expect(daemon.log.contains("started acknowledge=written"), "\(daemon.log)")
    }

    @Test func whoWaitsForTheSessionReadsWhatWasWritten() throws {
        let daemon = try start()
        let (holder, waiter) = (try daemon.client(), try daemon.client())
        let alice = try session("alice")
        _ = try holder.write("old".utf8, to: alice, version: 0)
        for round in 1...20 {
            let version = try #require(try holder.read(alice).version)
            try waiter.send(.read(.init(session: alice, lock: true, wait: 0)))
            let data = [UInt8](repeating: UInt8(round), count: 1 << 20)
            try holder.writeDeferred(data, to: alice, version: version)
            let found = try waiter.receive()
            #expect(found.version == version + 1, "round \(round): \(found.error as Any)")
            #expect(found.data == data, "round \(round)")
            try waiter.send(.release)
        }
    }

    @Test func theyAreCarriedOutInTheirPlaceAmongTheRequests() throws {
        let daemon = try start()
        let client = try daemon.client()
        let alice = try session("alice")
        _ = try client.write("0".utf8, to: alice, version: 0)
        let version = try #require(try client.read(alice).version)
        for number in 1...100 {
            try client.writeDeferred("\(number)".utf8, to: alice, version: version + UInt64(number) - 1, release: false)
            try client.send(.read(.init(session: alice, lock: true, wait: 0)))
        }
        for number in 1...100 {
            let found = try client.receive()
            #expect(found.data == Array("\(number)".utf8))
            #expect(found.version == version + UInt64(number))
        }
        #expect(try client.ask(.destroy(alice)) == .destroyed(existed: true))
    }

    @Test func incrementsOfManyConnectionsAreAllKept() async throws {
        let daemon = try start()
        let alice = try session("alice")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let client = try daemon.client()
                    for _ in 0..<250 {
                        let found = try client.read(alice)
                        #expect(found.unwritten == nil)
                        let value = Int(String(decoding: found.data ?? [], as: UTF8.self)) ?? 0
                        try client.writeDeferred("\(value + 1)".utf8, to: alice, version: found.version ?? 0)
                    }
                    #expect(try client.ask(.ping) == .pong)
                }
            }
            try await group.waitForAll()
        }
        #expect(try daemon.client().read(alice).data == Array("1000".utf8))
        #expect(daemon.stop() == 0)
        #expect(daemon.log.contains("deferred=1000"), "\(daemon.log)")
        #expect(daemon.log.contains("unwritten=0"), "\(daemon.log)")
    }

    @Test func refusalsComeInFrontOfTheNextAnswerWithTheirTokens() throws {
        let daemon = try start("[limits]\nsession_size = 1000\n")
        let (client, other) = (try daemon.client(), try daemon.client())
        let (alice, bob, carol) = (try session("alice"), try session("bob"), try session("carol"))
        _ = try client.write("alice".utf8, to: alice, version: 0)
        let version = try #require(try other.write("bob".utf8, to: bob, version: 0).version)
        _ = try other.ask(.destroy(bob))
        let conflict = try client.writeDeferred("late".utf8, to: alice, version: 1)
        let gone = try client.writeDeferred("late".utf8, to: bob, version: version)
        try client.writeDeferred("good".utf8, to: carol, version: 0)
        let tooLarge = try client.writeDeferred([UInt8](repeating: 7, count: 1001), to: carol, version: 0)
        try client.send(.ping)
        for (token, code) in [(conflict, ErrorCode.conflict), (gone, .gone), (tooLarge, .dataTooLarge)] {
            let unwritten = try #require(try client.receive().unwritten)
            #expect(unwritten.token == token)
            #expect(unwritten.code == code)
        }
        #expect(try client.receive() == .pong)
        #expect(try client.read(carol).data == Array("good".utf8))
        #expect(
            daemon.log.contains("a deferred write was not carried out client=\"process \(getpid())\""),
            "\(daemon.log)"
        )
        #expect(!daemon.log.contains("alice"), "\(daemon.log)")
    }

    @Test func refusalIsSentAlsoWhenNothingIsAsked() throws {
        let daemon = try start()
        let client = try daemon.client()
        let token = try client.writeDeferred("late".utf8, to: try session("alice"), version: 1)
        #expect(try client.receive().unwritten?.token == token)
    }

    @Test func refusalGivesTheLockBackToo() throws {
        let daemon = try start()
        let (client, other) = (try daemon.client(), try daemon.client())
        let alice = try session("alice")
        _ = try client.read(alice)
        try client.writeDeferred("late".utf8, to: alice, version: 1)
        #expect(try other.read(alice) == .absent(.unknown, deferred: true))
    }

    @Test func lockThatIsNotGivenIsReported() throws {
        let daemon = try DaemonProcess()
        try daemon.start(
            daemon.configure("[sessions]\nacknowledge = \"deferred\"\nlock_wait = 1\n[limits]\nwaiters = 1\n")
        )
        let alice = try session("alice")
        let (holder, waiter, other) = (try daemon.client(), try daemon.client(), try daemon.client())
        _ = try holder.read(alice)
        let late = try waiter.writeDeferred("late".utf8, to: alice, version: 0)
        try waiter.send(.ping)
        try daemon.awaitLocks("held=1 waiting=1")
        let many = try other.writeDeferred("one too many".utf8, to: alice, version: 0)
        var unwritten = try other.receive().unwritten
        #expect(unwritten?.token == many)
        #expect(unwritten?.code == .tooManyWaiters)
        unwritten = try waiter.receive().unwritten
        #expect(unwritten?.token == late)
        #expect(unwritten?.code == .lockTimedOut)
        #expect(try waiter.receive() == .pong)
    }

    @Test func badSessionIDEndsTheConnection() throws {
        let daemon = try start()
        let client = try daemon.client()
        // A frame of a WRITE with both flags, whose id is "!".
        let fields = [UInt8](repeating: 0, count: 8) + [0, 0, 0, 0, 0, 0, 0, 1] + [0, 0, 0, 1]
        let body = [3, 3] + fields + [1, UInt8(ascii: "a"), 0, 1, UInt8(ascii: "!")]
        try client.send([0, 0, 0, UInt8(body.count)] + body)
        #expect(try client.receive().error == .malformed)
        #expect(try client.isAtEnd())
    }

    @Test func fullPoolIsReportedAndTakesTheOfferBack() throws {
        let daemon = try start("[limits]\nsessions = 2\n")
        try awaitOffer(true, of: daemon)
        let client = try daemon.client()
        let (alice, bob, carol) = (try session("alice"), try session("bob"), try session("carol"))
        try client.writeDeferred("alice".utf8, to: alice, version: 0)
        let version = try #require(try client.read(alice, lock: false).version)
        #expect(try greet(client).deferred == true)
        try client.writeDeferred("bob".utf8, to: bob, version: 0)
        #expect(try greet(client).deferred == false)
        #expect(try client.read(bob, lock: false).deferred == false)
        let token = try client.writeDeferred("carol".utf8, to: carol, version: 0)
        let unwritten = try #require(try client.receive().unwritten)
        #expect(unwritten.token == token)
        #expect(unwritten.code == .poolFull)
        try client.writeDeferred("more".utf8, to: alice, version: version)
        #expect(try client.read(alice, lock: false).data == Array("more".utf8))
        #expect(try client.ask(.destroy(bob)) == .destroyed(existed: true))
        #expect(try client.read(carol) == .absent(.unknown, deferred: true))
    }
}
