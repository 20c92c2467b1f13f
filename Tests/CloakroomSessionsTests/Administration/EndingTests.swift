// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import CloakroomTestKit
import Testing

@testable import CloakroomSessions

@Suite("Sessions that an administrator ends", .timeLimit(.minutes(10))) struct EndingTests {
    private let administrator = AdministrationBench.administrator

    @Test("are gone with their tokens, and the log says who did it")
    func event() async throws {
        let bench = try await AdministrationBench()
        let tag = try await bench.make("a", as: "alice")
        let client = SessionClient(pid: 1)
        _ = try await bench.bench.read(Bench.session("a"), client)
        let token = try await bench.issueToken("alice", to: client)
        let other = try await bench.issueToken("alice")
        bench.service.release(client)
        let ended = try bench.service.endSession(tag, by: administrator)
        #expect((ended.sessions, ended.others, ended.tokens, ended.locks) == (1, 0, 0, 0))
        #expect(try !bench.isThere("a"))
        #expect(try !bench.isWorthSomething(token))
        #expect(try bench.isWorthSomething(other), "of another browser")
        let line = try #require(bench.bench.recorder.lines.last { $0.contains("session destroyed") })
        #expect(line.contains("reason=ended by an administrator") && line.contains("uid=1234"), "\(line)")
        #expect(try bench.service.endSession(tag, by: administrator).isNothing)
        #expect(bench.store.entries.count == 1 && bench.store.membershipCount == 1, "the other browser's token")
    }

    @Test("free their locks: who waits goes on at once, the holder can write no more")
    func lock() async throws {
        let bench = try await AdministrationBench(adjusting: { $0.lockHold = .seconds(600) })
        let tag = try await bench.make("a")
        let session = try Bench.session("a")
        let (holder, waiter, other) = (SessionClient(pid: 2), SessionClient(pid: 3), SessionClient(pid: 4))
        let version = try await bench.bench.read(session, holder).version
        async let answer = bench.service.readLocked(session, for: waiter, wait: .seconds(20))
        try await eventually { bench.bench.waiters(for: session) == 1 }
        async let second = bench.service.readLocked(session, for: other, wait: .seconds(20))
        try await eventually { bench.bench.waiters(for: session) == 2 }
        let ended = try bench.service.endSession(tag, by: administrator)
        #expect((ended.sessions, ended.locks) == (1, 1))
        #expect(try await answer == .absent(.destroyed))
        #expect(try bench.service.locks.isHeld(bench.address("a")), "the first waiter has it now")
        bench.service.release(waiter)
        #expect(try await second == .absent(.destroyed))
        bench.service.release(other)
        try bench.service.touch(session, version: version, lifetime: 1440, for: holder)
        #expect(try await bench.bench.write("late", session, version: version, holder) == .gone)
        #expect(try !bench.isThere("a"))
        bench.service.release(holder)
        #expect(bench.service.heldLocks().isEmpty)
    }

    @Test("that nobody has stored yet only lose their lock")
    func unwritten() async throws {
        let bench = try await AdministrationBench()
        let session = try Bench.session("a")
        let (holder, waiter) = (SessionClient(pid: 2), SessionClient(pid: 3))
        _ = try await bench.bench.read(session, holder)
        async let answer = bench.service.readLocked(session, for: waiter, wait: .seconds(20))
        try await eventually { bench.bench.waiters(for: session) == 1 }
        let ended = try bench.service.endSession(bench.address("a").sessionTag, by: administrator)
        #expect((ended.sessions, ended.others, ended.locks) == (0, 0, 1))
        #expect(try await answer == .absent(.destroyed))
        bench.service.release(waiter)
    }

    @Test("of a user are all of his, with all tokens, and nobody else's")
    func user() async throws {
        let bench = try await AdministrationBench()
        for number in 0..<150 { try await bench.make("a\(number)", as: "alice") }
        try await bench.make("b", as: "bob")
        let tokens = [try await bench.issueToken("alice"), try await bench.issueToken("alice")]
        let bobs = try await bench.issueToken("bob")
        let alice = try AdministrationBench.name("alice")
        let ended = try await bench.service.endSessions(ofUser: alice, by: administrator, pause: {})
        #expect((ended.sessions, ended.tokens) == (150, 2))
        for token in tokens { #expect(try !bench.isWorthSomething(token)) }
        #expect(try bench.isWorthSomething(bobs))
        #expect(try bench.isThere("b"))
        #expect(try await bench.users() == ["bob": 1])
    }

    @Test("are all but those that do not open, with all tokens")
    func all() async throws {
        let bench = try await AdministrationBench()
        for number in 0..<150 { try await bench.make("a\(number)", as: number < 50 ? "alice" : nil) }
        let token = try await bench.issueToken("alice")
        let damaged = try bench.address("a0")
        bench.store.records[damaged]?.metadata[40] ^= 1
        let restarted = try await bench.bench.restarted()
        var steps = 0
        let ended = try await restarted.service.endAllSessions(by: administrator) { _ in steps += 1 }
        #expect((ended.sessions, ended.others, ended.tokens) == (149, 0, 1))
        #expect(steps > 0)
        #expect(bench.store.records.count == 1)
        #expect(try restarted.service.redeem(token, for: SessionClient(pid: 1)) == .unknown)
        // By its tag it goes as well.
        let last = try restarted.service.endSession(damaged.sessionTag, by: administrator)
        #expect((last.sessions, last.others) == (0, 1))
        #expect(bench.store.records.isEmpty)
    }

    @Test("expired ones are removed, but for those in use, and counted")
    func collection() async throws {
        let bench = try await AdministrationBench()
        for number in 0..<100 { try await bench.make("a\(number)", lifetime: 10) }
        try await bench.make("b", lifetime: 5000)
        let holder = SessionClient(pid: 2)
        _ = try await bench.bench.read(Bench.session("a7"), holder)
        bench.bench.clock.advance(seconds: 20)
        var last = CollectionProgress()
        let end = try await bench.service.collectAll { last = $0 }
        #expect((end.removed, end.total, end.done) == (99, 100, 100))
        #expect(last.total == 100)
        #expect(bench.store.records.count == 2)
        bench.service.release(holder)
        #expect(try await bench.service.collectAll { _ in }.removed == 1)
        #expect(try await bench.service.collectAll { _ in }.removed == 0)
    }
}
