// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomSessions
import CloakroomTestKit
import Testing

@Suite("The end of a session") struct SessionEndTests {
    private let session: SessionReference
    private let client = SessionClient(pid: 1)

    init() throws { session = try Bench.session() }

    @Test("the daemon's idle timeout counts, whatever PHP says")
    func idle() async throws {
        let bench = try await Bench { $0.lifetimes.idle = 600 }
        let version = try await bench.make(session, "alice", lifetime: 1_000_000)
        bench.clock.advance(seconds: 599)
        try bench.service.touch(session, version: version, lifetime: 1_000_000, for: client)
        bench.clock.advance(seconds: 599)
        #expect(try bench.service.readSnapshot(session) != .absent(.expired))
        bench.clock.advance(seconds: 1)
        #expect(try bench.service.readSnapshot(session) == .absent(.expired))
    }

    @Test(
        "a session that is used all the time ends",
        arguments: [
            (LifetimeRules.Absolute.limited(3600), 3600), (.atLeast(3600), 3600), (.atLeast(100), 1440),
        ]
    )
    func absolute(_ absolute: LifetimeRules.Absolute, _ end: Int) async throws {
        let bench = try await Bench { $0.lifetimes.absolute = absolute }
        let version = try await bench.make(session, "alice")
        for _ in 0..<(end / 60) {
            #expect(try bench.service.readSnapshot(session) != .absent(.tooOld))
            bench.clock.advance(seconds: 59)
            try bench.service.touch(session, version: version, lifetime: 1440, for: client)
            bench.clock.advance(seconds: 1)
        }
        #expect(try bench.service.readSnapshot(session) == .absent(.tooOld))
        #expect(try await bench.restarted().service.readSnapshot(session) == .absent(.tooOld))
        bench.clock.advance(seconds: 60)
        _ = try await bench.service.collect()
        #expect(bench.store.records.isEmpty)
    }

    @Test("a session of one request lives shortly, and as any other once it is used again")
    func first() async throws {
        let bench = try await Bench { $0.lifetimes.first = 60 }
        _ = try await bench.make(session, "crawler")
        bench.clock.advance(seconds: 60)
        #expect(try bench.service.readSnapshot(session) == .absent(.expired))

        let other = try Bench.session("other")
        let version = try await bench.make(other, "visitor")
        bench.clock.advance(seconds: 59)
        try bench.service.touch(other, version: version, lifetime: 1440, for: client)
        bench.clock.advance(seconds: 1439)
        #expect(try bench.service.readSnapshot(other) != .absent(.expired))
    }

    @Test("for a while it is known why a session has ended, and nothing of it can be used")
    func remembered() async throws {
        let bench = try await Bench { $0.lifetimes.remembered = 900 }
        let version = try await bench.make(session, "alice", lifetime: 100)
        bench.clock.advance(seconds: 100)
        _ = try await bench.service.collect()
        #expect(try bench.service.readSnapshot(session) == .absent(.expired))
        try bench.service.touch(session, version: version, lifetime: 100, for: client)
        bench.clock.advance(seconds: 899)
        _ = try await bench.service.collect()
        #expect(try bench.service.readSnapshot(session) == .absent(.expired))
        bench.clock.advance(seconds: 2)
        _ = try await bench.service.collect()
        #expect(try bench.service.readSnapshot(session) == .absent(.unknown))
        #expect(bench.store.records.isEmpty && bench.store.entries.isEmpty)
        #expect(bench.recorder.lines == ["session created", "session expired"])
    }

    @Test("an id whose session has ended can be used for a new one, by those who choose ids themselves")
    func anew() async throws {
        let bench = try await Bench { $0.lifetimes.remembered = 900 }
        _ = try await bench.make(session, "alice", lifetime: 100)
        bench.clock.advance(seconds: 100)
        _ = try await bench.make(session, "bob", lifetime: 100)
        #expect(try await bench.read(session, client).text == "bob")
    }
}
