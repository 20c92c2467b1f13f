// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore
import CloakroomTestKit
import Testing

@testable import CloakroomSessions

/// In a pool whose clients look elsewhere for what is unknown, what was destroyed is not unknown.
@Suite("What was destroyed while a site moves") struct RememberedDestructionTests {
    private let session: SessionReference
    private let client = SessionClient(pid: 1)

    init() throws { session = try Bench.session() }

    private func bench(readThrough: String = "/srv/old", maximumSessions: Int? = nil) async throws -> Bench {
        try await Bench(maximumSessions: maximumSessions) { $0.readThrough = readThrough }
    }

    private func kept(_ bench: Bench) -> AdoptedSession {
        let now = bench.clock.now()
        return AdoptedSession(data: SessionData(Array("alice".utf8)), created: now, lastSeen: now, lifetime: 1440)
    }

    @Test("is remembered for as long as a copy of it could be taken for alive, also after a restart")
    func remembered() async throws {
        let bench = try await bench()
        _ = try await bench.make(session, "alice")
        bench.clock.advance(seconds: 100)
        #expect(try bench.service.destroy(session, for: client))
        for seconds: UInt64 in [0, 1439] {
            bench.clock.advance(seconds: seconds)
            #expect(try bench.service.readSnapshot(session) == .absent(.destroyed))
            #expect(try await bench.service.adopt(kept(bench), as: session) == .ended)
        }
        let restarted = try await bench.restarted()
        #expect(try restarted.service.readSnapshot(session) == .absent(.destroyed))
        bench.clock.advance(seconds: 120)
        await restarted.service.sweeper.drain()
        #expect(try restarted.service.readSnapshot(session) == .absent(.unknown))
        #expect(bench.store.records.isEmpty && bench.store.entries.isEmpty)
    }

    @Test("is no damage for a verification, and is shown to administrators as ended")
    func administered() async throws {
        let bench = try await bench()
        _ = try await bench.make(session, "alice", as: "alice")
        bench.clock.advance(seconds: 100)
        #expect(try bench.service.destroy(session, for: client))
        bench.clock.advance(seconds: 10)
        let findings = Locked<[VerificationFinding]>([])
        let summary = try await bench.service.verify(
            pause: { _ in },
            found: { finding in findings.withLock { $0.append(finding) } }
        )
        #expect(findings.withLock { $0 } == [])
        #expect(summary.sessions == 1 && summary.bodies == 1)
        var shown: [SessionOverview] = []
        _ = try await bench.service.list(SessionFilter(), pause: { _ in }) {
            shown.append($0); return true
        }
        #expect(shown.map(\.state) == [.ended])
        #expect(shown.first?.idle == 10 && shown.first?.endsIn == nil && shown.first?.user == nil)
        let tag = try #require(shown.first?.tag)
        let ended = try bench.service.endSession(tag, by: Administrator(uid: 0, pid: 1))
        #expect(ended.sessions == 0 && ended.others == 0)
    }

    @Test("keeps nothing of its contents and of its user")
    func contents() async throws {
        let bench = try await bench()
        _ = try await bench.make(session, String(repeating: "a", count: 5000), as: "alice")
        let size = try #require(bench.store.records.values.first?.body).count
        #expect(try bench.service.destroy(session, for: client))
        let record = try #require(bench.store.records.values.first)
        #expect(size > 5000 && record.body == RecordHeader(of: record.body ?? [])?.bytes)
        #expect(try bench.members("alice") == [])
    }

    @Test("is not there for anybody: not to be destroyed, listed, touched or written")
    func gone() async throws {
        let bench = try await bench()
        let version = try await bench.make(session, "alice", as: "alice")
        try await bench.read(session, client)
        let other = SessionClient(pid: 2)
        #expect(try bench.service.destroy(session, for: other))
        #expect(try await bench.write("late", session, version: version, client) == .gone)
        bench.service.release(client)
        for late in [version, version + 1, version + 2] {
            #expect(try await bench.write("late", session, version: late, other) == .gone)
            try bench.service.touch(session, version: late, lifetime: 1440, for: other)
        }
        #expect(try !bench.service.destroy(session, for: other))
        #expect(try !bench.service.retire(session, for: other))
        let user = try #require(UserName("alice".utf8))
        #expect(try await bench.service.sessions(ofUser: user, own: session)?.isEmpty == true)
        let ended = try await bench.service.endSessions(.all, ofUser: user, own: session, for: other)
        #expect(ended?.count == 0)
        #expect(try bench.service.readSnapshot(session) == .absent(.destroyed))
    }

    @Test("is made anew by an application that wants its id")
    func anew() async throws {
        let bench = try await bench(maximumSessions: 1)
        _ = try await bench.make(session, "alice")
        #expect(try bench.service.destroy(session, for: client))
        #expect(try await bench.read(session, client).version == 0)
        let version = try await bench.write("anew", session, version: 0, client).version
        bench.service.release(client)
        #expect(try await bench.read(session, client) == (version, "anew"))
        #expect(bench.store.entries.count == 1)
        #expect(bench.service.usage?.sessions == 1)
    }

    @Test("is remembered however it was ended", arguments: ["log-out", "all", "other", "too many"])
    func ways(way: String) async throws {
        let bench = try await Bench { rules in
            rules.readThrough = "/srv/old"
            if way == "too many" { rules.users.maximumSessions = 1 }
        }
        _ = try await bench.make(session, "alice", as: "alice")
        bench.clock.advance(seconds: 1)
        let other = try Bench.session("another-device")
        let user = try #require(UserName("alice".utf8))
        switch way {
        case "log-out": #expect(try bench.service.destroy(session, for: client))
        case "all": _ = try await bench.service.endSessions(.all, ofUser: user, own: other, for: client)
        case "other": _ = try await bench.service.endSessions(.others, ofUser: user, own: other, for: client)
        default: _ = try await bench.make(other, "alice", as: "alice")
        }
        #expect(try bench.service.readSnapshot(session) == .absent(.destroyed))
    }

    @Test("is unknown at once where nobody looks elsewhere")
    func off() async throws {
        let bench = try await bench(readThrough: "")
        _ = try await bench.make(session, "alice")
        #expect(try bench.service.destroy(session, for: client))
        #expect(try bench.service.readSnapshot(session) == .absent(.unknown))
        #expect(bench.store.records.isEmpty)
    }

    @Test("an adopted session becomes its user's without a report, and one that was made here with one")
    func login() async throws {
        let bench = try await bench()
        guard case .adopted(let version) = try await bench.service.adopt(kept(bench), as: session) else {
            Issue.record("not adopted")
            return
        }
        _ = bench.recorder.take()
        _ = try await bench.write("alice", session, version: version, as: Bench.user("alice"), client)
        let other = try Bench.session("made-here")
        let made = try await bench.make(other, "bob")
        _ = try await bench.write("bob", other, version: made, as: Bench.user("bob"), client)
        let lines = bench.recorder.take().filter { $0.contains("identified") }
        #expect(lines.map { $0.contains("the id did not change") } == [false, true], "\(lines)")
    }
}
