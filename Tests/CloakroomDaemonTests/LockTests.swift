// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProtocol
import CloakroomProcessKit
import Foundation
import Testing

/// Locks, as clients of the real daemon see them.
@Suite(.timeLimit(.minutes(10))) struct LockTests {
    @Test func endOfAConnectionReleasesItsLock() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let alice = try session("alice")
        var holder: ProtocolClient? = try daemon.client()
        _ = try holder?.read(alice)
        let waiter = try daemon.client()
        try waiter.send(.read(.init(session: alice, lock: true, wait: 0)))
        holder = nil
        #expect(try waiter.receive() == .absent(.unknown))
    }

    @Test func helloReleasesWhatAnEarlierRequestLeft() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let alice = try session("alice")
        let worker = try daemon.client()
        _ = try worker.read(alice)
        let other = try daemon.client()
        #expect(try other.read(alice, wait: 20).error == .lockTimedOut)
        _ = try worker.ask(.hello(.init(version: .current, nonce: 2)))
        #expect(try other.read(alice) == .absent(.unknown))
    }

    @Test func refusedWaiterIsToldWhoHoldsTheSession() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let alice = try session("alice")
        let holder = try slowHolder(of: alice, daemon)
        guard case .error(let error) = try daemon.client().read(alice, wait: 20) else {
            Issue.record("the session was not locked")
            return
        }
        #expect(error.code == .lockTimedOut)
        #expect(error.message.contains("process \(getpid()) (GET /slow.php) has held it for "), "\(error)")
        #expect(daemon.log.contains("GET /slow.php"))
        #expect(!daemon.log.contains("alice"))
        #expect(try holder.ask(.ping) == .pong)
    }

    @Test func locksAreShownOnSignal() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let alice = try session("alice")
        let holder = try slowHolder(of: alice, daemon)
        let waiter = try daemon.client()
        try waiter.send(.read(.init(session: alice, lock: true, wait: 0)))
        let other = try daemon.client()
        _ = try other.read(try session("bob"))
        try daemon.awaitLocks("held=2 waiting=1")
        let contended = try #require(daemon.log.split(separator: "\n").last { $0.contains("lock 1 ") })
        #expect(contended.contains("holder=\"process \(getpid()) (GET /slow.php) has held it for "), "\(contended)")
        #expect(contended.contains("waiting=\"process \(getpid())\""), "\(contended)")
        #expect(try holder.ask(.ping) == .pong)
    }

    @Test func waiterThatGoesAwayLeavesTheQueue() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let alice = try session("alice")
        let holder = try daemon.client()
        _ = try holder.read(alice)
        var leaver: ProtocolClient? = try daemon.client()
        try leaver?.send(.read(.init(session: alice, lock: true, wait: 0)))
        leaver = nil
        let waiter = try daemon.client()
        try waiter.send(.read(.init(session: alice, lock: true, wait: 0)))
        try holder.send(.release)
        #expect(try waiter.receive() == .absent(.unknown))
    }

    @Test func incrementsOfManyConnectionsAreAllKept() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let alice = try session("alice")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let client = try daemon.client()
                    for _ in 0..<250 {
                        let found = try client.read(alice)
                        let value = Int(String(decoding: found.data ?? [], as: UTF8.self)) ?? 0
                        let written = try client.write("\(value + 1)".utf8, to: alice, version: found.version ?? 0)
                        #expect(written.version != nil, "\(written)")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try daemon.client().read(alice).data == Array("1000".utf8))
    }

    @Test func destroyedSessionIsSeenByNoneOfItsWaiters() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let alice = try session("alice")
        let holder = try daemon.client()
        _ = try holder.write("logged in".utf8, to: alice, version: 0)
        let version = try #require(try holder.read(alice).version)
        // They reach the daemon in any order, so each releases the lock by itself once it has been answered.
        let waiters = try (0..<10).map { _ in
            let waiter = try daemon.client()
            try waiter.send(.read(.init(session: alice, lock: true, wait: 0)))
            try waiter.send(.release)
            return waiter
        }
        let reader = try daemon.client()
        #expect(try reader.read(alice, lock: false).version == version)
        #expect(try holder.ask(.destroy(alice)) == .destroyed(existed: true))
        for waiter in waiters {
            let answer = try waiter.receive()
            guard case .absent = answer else {
                Issue.record("a waiter of a destroyed session was answered \(answer)")
                return
            }
        }
        #expect(try reader.write("back".utf8, to: alice, version: version).error == .gone)
    }

    @Test func stoppingDaemonLetsTheHolderWriteAndSendsTheOthersToTheNext() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let alice = try session("alice")
        let (holder, waiter, other) = (try daemon.client(), try daemon.client(), try daemon.client())
        _ = try holder.read(alice)
        try waiter.send(.read(.init(session: alice, lock: true, wait: 0)))
        try daemon.awaitLocks("held=1 waiting=1")
        kill(daemon.pid, SIGTERM)
        #expect(try waiter.receive().error == .shuttingDown)
        // Either it was closed already, or its HELLO is for the next daemon.
        let begun = try? other.ask(.hello(.init(version: .current, nonce: 2)))
        #expect(begun == nil || begun?.error == .shuttingDown, "\(String(describing: begun))")
        let written = try holder.write("late".utf8, to: alice, version: 0)
        #expect(written.version != nil, "\(written)")
        #expect(daemon.wait() == 0, "\(daemon.log)")
        #expect(!daemon.log.contains("still in use"), "it waited although the session was given back")
        try daemon.start()
        #expect(try daemon.client().read(alice).data == Array("late".utf8))
    }

    @Test func holderThatNeverWritesDoesNotKeepTheDaemonFromStopping() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let alice = try session("alice")
        let holder = try daemon.client()
        _ = try holder.read(alice)
        #expect(daemon.stop() == 0, "\(daemon.log)")
        #expect(daemon.log.contains("sessions are still in use after"))
        try daemon.start()
        let again = try daemon.client()
        #expect(try again.write("late".utf8, to: alice, version: 0).version != nil, "a write after a restart")
    }

    /// A client that holds a session and has said what it is doing.
    private func slowHolder(of session: SessionReference, _ daemon: DaemonProcess) throws -> ProtocolClient {
        let holder = try ProtocolClient(path: daemon.socket)
        let label = try #require(RequestLabel(Array("GET /slow.php".utf8)))
        _ = try holder.ask(.hello(.init(version: .current, nonce: 1, label: label)))
        _ = try holder.read(session)
        return holder
    }
}
