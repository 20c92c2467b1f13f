// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import Testing

/// What the daemon says of `sessions.read_through`, and what becomes of ADOPT.
@Suite(.timeLimit(.minutes(10))) struct ReadThroughTests {
    private let daemon: DaemonProcess
    private let arguments: [String]

    init() throws {
        daemon = try DaemonProcess()
        arguments = try daemon.configure(
            """
            [sessions]
            read_through = "2;/srv/old"
            [limits]
            session_size = 1024
            unknown_ids_per_minute = 10
            unknown_ids_refuse_after = 1
            unknown_ids_refuse_for = 600
            """
        )
    }

    private func start() throws -> ProtocolClient {
        try daemon.start(arguments)
        return try ProtocolClient.greeted(path: daemon.socket)
    }

    private func adopt(_ session: SessionReference, _ text: String = "user", age: UInt64 = 0) -> Request {
        let seen = UnixTime(seconds: UInt64(Date.now.timeIntervalSince1970) - age)
        return .adopt(
            .init(session: session, created: seen, lastSeen: seen, lifetime: 1440, data: SessionData(Array(text.utf8)))
        )
    }

    private func present(_ session: SessionReference) -> Request {
        .read(.init(session: session, lock: true, wait: 0, presented: true))
    }

    private func hello(from address: String) -> Request {
        .hello(
            .init(
                version: .current,
                nonce: 1,
                claims: ClientClaims(address: Array(address.utf8), agent: Array("Browser/1".utf8))
            )
        )
    }

    @Test func helloSaysWhereToLook() throws {
        _ = try start()
        let client = try ProtocolClient(path: daemon.socket)
        guard case .hello(let hello) = try client.ask(.hello(.init(version: .current, nonce: 1))) else {
            Issue.record("no HELLO_OK")
            return
        }
        #expect(hello.readThrough == "2;/srv/old")
    }

    @Test func whoHoldsTheLockBringsASessionAndHasItThen() throws {
        let client = try start()
        let alice = try session("alice")
        #expect(try client.read(alice) == .absent(.unknown))
        let version = try #require(try client.ask(adopt(alice)).version)
        let other = try ProtocolClient.greeted(path: daemon.socket)
        #expect(try other.read(alice, lock: false).data == Array("user".utf8))
        #expect(try other.read(alice, wait: 1).error == .lockTimedOut, "the lock stays")
        #expect(try client.write("more".utf8, to: alice, version: version).version == version + 1)
        daemon.stop(SIGKILL)
        try daemon.start(arguments)
        let again = try ProtocolClient.greeted(path: daemon.socket)
        #expect(try again.read(alice, lock: false).data == Array("more".utf8))
    }

    @Test func itTakesTheLock() throws {
        let client = try start()
        let (alice, bob) = (try session("alice"), try session("bob"))
        #expect(try client.ask(adopt(alice)).error == .conflict)
        #expect(try client.read(bob) == .absent(.unknown))
        #expect(try client.ask(adopt(alice)).error == .conflict)
        #expect(try client.read(alice, lock: false) == .absent(.unknown))
        #expect(try client.ask(adopt(bob)).version != nil, "the lock of another session was not lost by it")
    }

    @Test func nothingThatIsThereIsReplaced() throws {
        let client = try start()
        let alice = try session("alice")
        #expect(try client.write("here".utf8, to: alice, version: 0).version != nil)
        #expect(try client.read(alice).data == Array("here".utf8))
        #expect(try client.ask(adopt(alice)).error == .conflict)
        #expect(try client.read(alice).data == Array("here".utf8))
    }

    @Test func whatIsOverOrTooLargeIsRefused() throws {
        let client = try start()
        let alice = try session("alice")
        #expect(try client.read(alice) == .absent(.unknown))
        #expect(try client.ask(adopt(alice, age: 1440)) == .absent(.expired))
        #expect(try client.ask(adopt(alice, String(repeating: "x", count: 1025))).error == .dataTooLarge)
        #expect(try client.ask(adopt(alice, age: 1400)).version != nil)
        #expect(try client.ask(.destroy(alice)) == .destroyed(existed: true))
        #expect(try client.read(alice) == .absent(.destroyed))
        #expect(try client.ask(adopt(alice)) == .absent(.destroyed))
        #expect(try client.ask(.destroy(alice)) == .destroyed(existed: false))
    }

    @Test func itIsCarriedOutForAClientThatHasGone() throws {
        _ = try start()
        let alice = try session("alice")
        do {
            let client = try ProtocolClient.greeted(path: daemon.socket)
            #expect(try client.read(alice) == .absent(.unknown))
            try client.send(adopt(alice))
        }
        let other = try ProtocolClient.greeted(path: daemon.socket)
        #expect(try other.read(alice).data == Array("user".utf8))
    }

    @Test func adoptionsAreNoGuesses() throws {
        let client = try start()
        for number in 0..<100 {
            #expect(try client.ask(hello(from: "192.0.2.1")) != .pong)
            let id = try session("adopted\(number)")
            #expect(try client.ask(present(id)) == .absent(.unknown))
            #expect(try client.ask(adopt(id)).version != nil)
            #expect(try client.ask(present(id)).version != nil)
        }
        #expect(!daemon.log.contains("session guessing"))
    }

    @Test func readOnlyRequestMayAskOnceMoreWithTheLock() throws {
        let client = try start()
        for number in 0..<100 {
            _ = try client.ask(hello(from: "192.0.2.1"))
            let id = try session("adopted\(number)")
            #expect(
                try client.ask(.read(.init(session: id, lock: false, wait: 0, presented: true))) == .absent(.unknown)
            )
            #expect(try client.read(id) == .absent(.unknown))
            #expect(try client.ask(adopt(id)).version != nil)
            try client.send(.release)
        }
        #expect(!daemon.log.contains("session guessing"))
    }

    /// What follows a guess, so that it counts.
    enum Next: CaseIterable { case newID, hello, end, adoptionOfAnother, adoptionTooLate, release }

    @Test(arguments: Next.allCases) func guessesAreCountedAndRefused(next: Next) throws {
        var client = try start()
        let known = try session("known")
        #expect(try client.write("known".utf8, to: known, version: 0).version != nil)
        _ = try client.ask(hello(from: "192.0.2.1"))
        // In one minute or in two: one of them has more than may be.
        for number in 0..<22 {
            let guess = try session("guess\(number)")
            let answer = try client.ask(present(guess))
            // The guess before counts with this one, too, if it did not with what followed it.
            if next == .adoptionTooLate, answer.error == .tooManyUnknownIDs { return }
            #expect(answer == .absent(.unknown))
            switch next {
            case .newID:
                // The guess is answered, and the new session that PHP makes then is refused.
                if try client.read(session("new\(number)")).error == .tooManyUnknownIDs { return }
            case .hello: _ = try client.ask(hello(from: "192.0.2.1"))
            case .end:
                client = try ProtocolClient.greeted(path: daemon.socket)
                _ = try client.ask(hello(from: "192.0.2.1"))
            case .adoptionOfAnother: #expect(try client.ask(adopt(session("other"))).error == .conflict)
            case .adoptionTooLate: #expect(try client.ask(adopt(guess, age: 5000)) == .absent(.expired))
            case .release: try client.send(.release)
            }
        }
        #expect(next != .newID && next != .adoptionTooLate)
        #expect(try client.ask(present(session("last"))) == .absent(.unknown))
        #expect(try client.read(session("new")).error == .tooManyUnknownIDs)
        #expect(daemon.log.contains("session guessing"))
        #expect(try client.ask(present(known)).data == Array("known".utf8), "what exists is served")
        _ = try client.ask(hello(from: "198.51.100.1"))
        #expect(try client.ask(present(session("once"))) == .absent(.unknown))
        #expect(try client.read(session("newer")) == .absent(.unknown), "another address")
    }
}
