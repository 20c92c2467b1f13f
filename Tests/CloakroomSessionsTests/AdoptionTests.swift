// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import CloakroomTestKit
import Testing

@testable import CloakroomSessions

@Suite("A session that another handler kept") struct AdoptionTests {
    private static let text = "user|s:5:\"alice\";"
    private let session: SessionReference
    private let client = SessionClient(pid: 1)

    init() throws { session = try Bench.session() }

    /// What was kept, made and seen so many seconds ago.
    private func kept(
        _ text: String = text,
        created: UInt64 = 5000,
        seen: UInt64 = 600,
        lifetime: UInt32 = 1440,
        in bench: Bench
    ) -> AdoptedSession {
        let now = bench.clock.now().seconds
        return AdoptedSession(
            data: SessionData(Array(text.utf8)),
            created: UnixTime(seconds: now - created),
            lastSeen: UnixTime(seconds: now - seen),
            lifetime: lifetime
        )
    }

    private func metadata(in bench: Bench) throws -> SessionMetadata? {
        try bench.service.records.metadata(at: bench.service.sealer.address(of: session))?.metadata
    }

    @Test("has its contents, its age and what is left of its lifetime, also after a restart")
    func adopted() async throws {
        let bench = try await Bench()
        let outcome = try await bench.service.adopt(kept(in: bench), as: session)
        let found = ReadOutcome.found(version: outcome.version, data: SessionData(Array(Self.text.utf8)))
        #expect(try bench.service.readSnapshot(session) == found)
        let restarted = try await bench.restarted()
        let metadata = try #require(try metadata(in: restarted))
        #expect(metadata.created.seconds == bench.clock.now().seconds - 5000)
        #expect(metadata.lastSeen.seconds == bench.clock.now().seconds - 600)
        bench.clock.advance(seconds: 1440 - 600 - 1)
        #expect(try restarted.service.readSnapshot(session) == found)
        bench.clock.advance(seconds: 1)
        #expect(try restarted.service.readSnapshot(session) == .absent(.expired))
        bench.clock.advance(seconds: 60)
        #expect(try await restarted.service.collect() == 1)
        #expect(bench.recorder.take() == ["session adopted"])
        #expect(bench.service.statistics[.adopted] == 1)
    }

    @Test("can be written, and lives on from then")
    func written() async throws {
        let bench = try await Bench()
        let version = try await bench.service.adopt(kept(in: bench), as: session).version
        #expect(try await bench.read(session, client).version == version)
        #expect(try await bench.write("more", session, version: version, client).version == version + 1)
        bench.clock.advance(seconds: 1439)
        #expect(try await bench.read(session, client).text == "more")
        #expect(try metadata(in: bench)?.created.seconds == bench.clock.now().seconds - 5000 - 1439)
    }

    @Test("of a time to come counts as made and seen now")
    func future() async throws {
        let bench = try await Bench()
        var kept = kept(in: bench)
        kept.created = UnixTime(seconds: .max)
        kept.lastSeen = bench.clock.now().advanced(by: 86_400)
        _ = try await bench.service.adopt(kept, as: session)
        #expect(try metadata(in: bench)?.created == bench.clock.now())
        #expect(try metadata(in: bench)?.lastSeen == bench.clock.now())
        bench.clock.advance(seconds: 1440)
        #expect(try bench.service.readSnapshot(session) == .absent(.expired))
    }

    @Test("made after it was seen counts as made then")
    func createdLate() async throws {
        let bench = try await Bench()
        _ = try await bench.service.adopt(kept(created: 10, seen: 600, in: bench), as: session)
        #expect(try metadata(in: bench)?.created.seconds == bench.clock.now().seconds - 600)
    }

    @Test("does not take the place of one that is there")
    func exists() async throws {
        let bench = try await Bench()
        let version = try await bench.make(session, Self.text)
        let now = bench.clock.now()
        #expect(try await bench.service.adopt(kept(in: bench), as: session) == .exists(isEqual: true, lastSeen: now))
        let other = kept("user|s:5:\"mallo\";", in: bench)
        #expect(try await bench.service.adopt(other, as: session) == .exists(isEqual: false, lastSeen: now))
        #expect(try await bench.read(session, client) == (version, Self.text))
    }

    @Test("can be adopted again: it is there then")
    func again() async throws {
        let bench = try await Bench()
        let kept = kept(in: bench)
        _ = try await bench.service.adopt(kept, as: session)
        #expect(
            try await bench.service.adopt(kept, as: session) == .exists(isEqual: true, lastSeen: kept.lastSeen)
        )
        #expect(bench.store.entries.count == 1)
    }

    @Test("does not come back when it is remembered as over")
    func ended() async throws {
        let bench = try await Bench { $0.lifetimes.remembered = 86_400 }
        _ = try await bench.make(session, Self.text, lifetime: 10)
        bench.clock.advance(seconds: 10)
        #expect(try await bench.service.adopt(kept(seen: 0, in: bench), as: session) == .ended)
        #expect(try bench.service.readSnapshot(session) == .absent(.expired))
    }

    @Test("does not come back when its id was replaced, at once or with a grace")
    func replaced() async throws {
        let bench = try await Bench()
        _ = try await bench.make(session, Self.text)
        let read = SessionRead(session: try Bench.session("new"), previous: session)
        _ = try await bench.service.readLocked(read, for: client, wait: .seconds(1))
        #expect(try await bench.service.adopt(kept(in: bench), as: session) == .ended, "in the grace")
        bench.clock.advance(seconds: 60)
        #expect(try await bench.service.adopt(kept(in: bench), as: session) == .ended, "after it")
        let other = try Bench.session("other")
        _ = try await bench.make(other, Self.text)
        #expect(try bench.service.retire(other, for: client))
        #expect(try await bench.service.adopt(kept(in: bench), as: other) == .ended)
    }

    @Test("does not come back when it was destroyed while the client had its lock")
    func destroyedMeanwhile() async throws {
        let bench = try await Bench()
        try await bench.read(session, client)
        bench.service.locks.sessionWasDestroyed(try bench.service.sealer.address(of: session))
        #expect(try await bench.service.adopt(kept(in: bench), as: session, for: client) == .ended)
        #expect(bench.store.records.isEmpty)
    }

    @Test("is refused when its time is over by PHP's lifetime or by the pool's")
    func expired() async throws {
        let bench = try await Bench()
        #expect(try await bench.service.adopt(kept(seen: 1440, in: bench), as: session) == .expired)
        let short = try await Bench { $0.lifetimes.idle = 500 }
        #expect(try await short.service.adopt(kept(in: short), as: session) == .expired)
        let old = try await Bench { $0.lifetimes.absolute = .limited(5000) }
        #expect(try await old.service.adopt(kept(in: old), as: session) == .expired)
        for bench in [bench, short, old] { #expect(bench.store.records.isEmpty && bench.store.entries.isEmpty) }
    }

    @Test("keeps to the pool's limits")
    func limits() async throws {
        let bench = try await Bench(maximumSessions: 1) { $0.maximumData = 100 }
        let large = kept(String(repeating: "x", count: 101), in: bench)
        #expect(try await bench.service.adopt(large, as: session) == .tooLarge(limit: 100))
        _ = try await bench.service.adopt(kept(String(repeating: "x", count: 100), in: bench), as: session)
        let other = try Bench.session("other")
        #expect(try await bench.service.adopt(kept(in: bench), as: other) == .poolFull(.sessions(1)))
        #expect(bench.service.usage?.sessions == 1)
        let restarted = try await bench.restarted()
        #expect(try restarted.service.adoptNow(kept(in: bench), as: other) == nil, "not counted yet")
        #expect(try await restarted.service.adopt(kept(in: bench), as: other) == .poolFull(.sessions(1)))
    }

    @Test("waits for no lock, and leaves none behind")
    func locks() async throws {
        let bench = try await Bench()
        try await bench.read(session, client)
        #expect(try await bench.service.adopt(kept(in: bench), as: session) == .locked)
        let other = SessionClient(pid: 2)
        #expect(try await bench.service.adopt(kept(in: bench), as: session, for: other) == .locked)
        bench.service.release(client)
        _ = try await bench.service.adopt(kept(in: bench), as: session, for: other)
        #expect(bench.service.heldLocks().isEmpty && !other.holdsLock)
    }

    @Test("whoever holds the lock has it as if it had been read")
    func held() async throws {
        let bench = try await Bench()
        try await bench.read(session, client)
        let version = try await bench.service.adopt(kept(in: bench), as: session, for: client).version
        #expect(client.holdsLock)
        #expect(try await bench.write("more", session, version: version, client).version == version + 1)
        try bench.service.touch(session, version: version + 1, lifetime: 3000, for: client)
        #expect(try metadata(in: bench)?.lifetime == 3000)
    }

    @Test("whoever lost the lock gets nothing")
    func lost() async throws {
        let bench = try await Bench(lockHold: .zero)
        try await bench.read(session, client)
        try await bench.read(session, SessionClient(pid: 2))
        #expect(try await bench.service.adopt(kept(in: bench), as: session, for: client) == .locked)
    }

    @Test("is bound to the browser that it is adopted for")
    func bound() async throws {
        let bench = try await Bench { $0.binding = BindingRules() }
        let owner = browser("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
        try await bench.read(session, owner)
        _ = try await bench.service.adopt(kept(in: bench), as: session, for: owner)
        bench.service.release(owner)
        #expect(try bench.service.readSnapshot(session, for: browser("curl/8.5.0")) == .absent(.otherAgent))
    }

    @Test("without a browser is bound by the first use, which need not write", arguments: [true, false])
    func unbound(writing: Bool) async throws {
        let bench = try await Bench { $0.binding = BindingRules() }
        let version = try await bench.service.adopt(kept(seen: 0, in: bench), as: session).version
        #expect(try metadata(in: bench)?.binding.isBound == false)
        let owner = browser("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
        try await bench.read(session, owner)
        if writing {
            _ = try await bench.write("more", session, version: version, owner)
        } else {
            try bench.service.touch(session, version: version, lifetime: 1440, for: owner)
        }
        bench.service.release(owner)
        let restarted = try await bench.restarted()
        #expect(try restarted.service.readSnapshot(session, for: browser("curl/8.5.0")) == .absent(.otherAgent))
        #expect(try restarted.service.readSnapshot(session, for: owner).isFound)
    }

    @Test("belongs to nobody until a write says to whom")
    func user() async throws {
        let bench = try await Bench()
        let version = try await bench.service.adopt(kept(in: bench), as: session).version
        #expect(try bench.members("alice") == [])
        _ = try await bench.write(Self.text, session, version: version, as: Bench.user("alice"), client)
        #expect(try bench.members("alice").count == 1)
    }

    @Test("is not adopted when it does not read back as it was", arguments: ["body", "metadata", "dropped"])
    func readBack(damaged: String) async throws {
        let bench = try await Bench()
        bench.store.damage = { record in
            switch damaged {
            case "body": record.body?[40] ^= 1
            case "metadata": record.metadata[60] ^= 1
            default: record.body = nil
            }
        }
        await #expect(throws: StoreError(.corruption, "")) {
            try await bench.service.adopt(kept(in: bench), as: session)
        }
        #expect(bench.store.records.isEmpty && bench.store.entries.isEmpty)
        bench.store.damage = nil
        #expect(try bench.service.readSnapshot(session) == .absent(.unknown))
        _ = try await bench.service.adopt(kept(in: bench), as: session).version
        #expect(bench.service.heldLocks().isEmpty)
    }

    @Test("leaves a record that does not authenticate as it is")
    func unreadable() async throws {
        let bench = try await Bench()
        _ = try await bench.make(session, "before")
        let address = try #require(bench.store.records.keys.first)
        bench.store.records[address]?.metadata[60] ^= 1
        let before = bench.store.records
        let restarted = try await bench.restarted()
        #expect(try await restarted.service.adopt(kept(in: bench), as: session) == .unreadable)
        #expect(bench.store.records[address]?.metadata == before[address]?.metadata)
    }

    @Test("a faulty store is reported, and nothing stays behind")
    func fault() async throws {
        let bench = try await Bench()
        bench.store.fault = StoreError(.inputOutput, "fault")
        await #expect(throws: StoreError(.inputOutput, "")) {
            try await bench.service.adopt(kept(in: bench), as: session)
        }
        bench.store.fault = nil
        #expect(bench.service.heldLocks().isEmpty)
        _ = try await bench.service.adopt(kept(in: bench), as: session).version
    }

    @Test("of many who adopt it at once, one does")
    func concurrent() async throws {
        let bench = try await Bench()
        let (kept, session) = (kept(in: bench), session)
        let outcomes = try await withThrowingTaskGroup(of: AdoptionOutcome.self) { group in
            for _ in 0..<32 { group.addTask { try await bench.service.adopt(kept, as: session) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { if case .adopted = $0 { true } else { false } }.count == 1)
        for outcome in outcomes {
            switch outcome {
            case .adopted, .locked, .exists(isEqual: true, _): break
            default: Issue.record("\(outcome)")
            }
        }
        #expect(bench.store.entries.count == 1)
    }

    private func browser(_ agent: String) -> SessionClient {
        let client = SessionClient(pid: 1)
        client.claims = ClientClaims(address: Array("192.0.2.1".utf8), agent: Array(agent.utf8), forwardedFor: [])
        return client
    }
}

extension AdoptionOutcome {
    /// The version of what was adopted; 0, and a failed test, for what was not.
    fileprivate var version: UInt64 {
        guard case .adopted(let version) = self else {
            Issue.record("not adopted: \(self)")
            return 0
        }
        return version
    }
}

extension ReadOutcome {
    fileprivate var isFound: Bool {
        if case .found = self { true } else { false }
    }
}
