// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomSessions
import CloakroomTestKit
import Testing

@Suite(.timeLimit(.minutes(10))) struct SessionServiceTests {
    @Test func sessionComesBackAsItWasWritten() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let client = SessionClient(pid: 1)
        #expect(try await bench.read(session, client) == (0, ""))
        let version = try await bench.write("alice", session, version: 0, client).version
        #expect(try await bench.read(session, client) == (version, "alice"))
        #expect(try await bench.write("bob", session, version: version, client) == .written(version: version + 1))
        bench.service.release(client)
        #expect(
            try bench.service.readSnapshot(session)
                == .found(version: version + 1, data: SessionData(Array("bob".utf8)))
        )
    }

    @Test func nameIsPartOfTheSession() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        _ = try await bench.make(session, "alice")
        let other = SessionReference(name: try #require(SessionName("OTHER".utf8)), id: session.id)
        #expect(try bench.service.readSnapshot(other) == .absent(.unknown))
    }

    @Test func writeOfAnOldVersionIsAConflict() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let version = try await bench.make(session, "first")
        let (early, late) = (SessionClient(pid: 1), SessionClient(pid: 1))
        #expect(try await bench.write("second", session, version: version, early) == .written(version: version + 1))
        #expect(try await bench.write("lost", session, version: version, late) == .conflict)
        #expect(try await bench.read(session, late) == (version + 1, "second"))
    }

    @Test func refusedWriteChangesNothingForTheHolder() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let version = try await bench.make(session, "first")
        let client = SessionClient(pid: 1)
        try await bench.read(session, client)
        #expect(try await bench.write("wrong", session, version: version - 1, client) == .conflict)
        #expect(try await bench.write("wrong", session, version: 0, client) == .conflict)
        #expect(try await bench.write("right", session, version: version, client) == .written(version: version + 1))
    }

    @Test func makingASessionThatSomebodyMadeMeanwhileIsAConflict() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        _ = try await bench.make(session, "first")
        #expect(try await bench.write("other", session, version: 0, SessionClient(pid: 1)) == .conflict)
    }

    @Test func sessionThatIsMadeWithoutItsLockIsReportedOnce() async throws {
        let bench = try await Bench()
        let (session, client) = (try Bench.session(), SessionClient(pid: 1))
        guard case .written(let version) = try await bench.write("new", session, version: 0, token: 7, client) else {
            Issue.record("not written")
            return
        }
        _ = try await bench.write("new", session, version: 0, token: 7, client)
        _ = try await bench.write("changed", session, version: version, client)
        #expect(bench.recorder.take() == ["session created"])
    }

    @Test func repeatedWriteIsAnsweredAndNotRepeated() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let made = try await bench.write("one", session, version: 0, token: 77, SessionClient(pid: 1)).version
        #expect(
            try await bench.write("one", session, version: 0, token: 77, SessionClient(pid: 1))
                == .written(version: made)
        )
        let client = SessionClient(pid: 1)
        let next = try await bench.write("two", session, version: made, token: 78, client).version
        #expect(try await bench.write("two", session, version: made, token: 78, client) == .written(version: next))
        #expect(try await bench.write("two", session, version: made, token: 79, client) == .conflict)
        #expect(try await bench.read(session, client) == (next, "two"))
    }

    @Test func destroyedSessionIsGoneForItsHolderAndItsReaders() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let version = try await bench.make(session, "alice")
        let (holder, destroyer) = (SessionClient(pid: 1), SessionClient(pid: 1))
        try await bench.read(session, holder)
        #expect(try bench.service.destroy(session, for: destroyer))
        #expect(try await bench.write("back", session, version: version, holder) == .gone)
        bench.service.release(holder)
        #expect(try await bench.write("back", session, version: version, SessionClient(pid: 1)) == .gone)
        #expect(bench.store.records.isEmpty)
        #expect(bench.store.entries.isEmpty)
        #expect(try bench.service.destroy(session, for: destroyer) == false)
    }

    @Test func sessionMadeAgainUnderAnOldIdDoesNotTakeWritesOfTheOldOne() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let old = try await bench.make(session, "old")
        _ = try bench.service.destroy(session, for: SessionClient(pid: 1))
        bench.clock.advance(seconds: 1)
        let new = try await bench.make(session, "new")
        #expect(new > old)
        #expect(try await bench.write("old again", session, version: old, SessionClient(pid: 1)) == .conflict)
    }

    @Test func waiterOfADestroyedSessionFindsItDestroyed() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        _ = try await bench.make(session, "alice")
        let (holder, waiter) = (SessionClient(pid: 1), SessionClient(pid: 1))
        try await bench.read(session, holder)
        let waiting = Task { try await bench.service.readLocked(session, for: waiter, wait: .seconds(20)) }
        try await eventually { bench.waiters(for: session) == 1 }
        _ = try bench.service.destroy(session, for: holder)
        #expect(try await waiting.value == .absent(.destroyed))
    }

    @Test func holderMayReadAgainAndAnotherReadReleases() async throws {
        let bench = try await Bench(lockWait: .milliseconds(20))
        let session = try Bench.session()
        let (first, second) = (SessionClient(pid: 11), SessionClient(pid: 12))
        first.label = try #require(RequestLabel(Array("GET /slow.php".utf8)))
        try await bench.read(session, first)
        try await bench.read(session, first)
        guard
            case .locked(.timedOut(let holder)) = try await bench.service.readLocked(
                session,
                for: second,
                wait: .seconds(9)
            )
        else {
            Issue.record("the wait did not time out")
            return
        }
        #expect(holder?.client == LockClient(pid: 11, label: first.label))
        #expect(bench.service.heldLocks().map(\.holder.client.pid) == [11])
        try await bench.read(try Bench.session("other"), first)
        try await bench.read(session, second)
    }

    @Test func snapshotWaitsForNobody() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let version = try await bench.make(session, "alice")
        try await bench.read(session, SessionClient(pid: 1))
        #expect(
            try bench.service.readSnapshot(session)
                == .found(version: version, data: SessionData(Array("alice".utf8)))
        )
    }

    @Test func incrementsOfManyClientsAreAllKept() async throws {
        let bench = try await Bench(maximumWaiters: 100)
        let session = try Bench.session()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    let client = SessionClient(pid: 1)
                    for _ in 0..<20 {
                        let (version, text) = try await bench.read(session, client)
                        _ = try await bench.write("\((Int(text) ?? 0) + 1)", session, version: version, client).version
                        bench.service.release(client)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await bench.read(session, SessionClient(pid: 1)).text == "1000")
    }

    @Test func dataAtTheLimitIsTakenAndOneByteMoreIsRefused() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let largest = String(repeating: "x", count: 1 << 20)
        let version = try await bench.write(largest, session, version: 0, SessionClient(pid: 1)).version
        #expect(try await bench.write(largest + "x", session, version: version, SessionClient(pid: 1)) == .tooLarge)
        #expect(try await bench.read(session, SessionClient(pid: 1)).text == largest)
    }
}
