// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomSessions
import CloakroomStore
import CloakroomTestKit
import Testing

@Suite struct LifetimeTests {
    @Test func sessionExpiresAtItsDeadlineWithoutASweep() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        _ = try await bench.make(session, "alice", lifetime: 100)
        bench.clock.advance(seconds: 99)
        #expect(try await bench.read(session, SessionClient(pid: 1)).text == "alice")
        bench.clock.advance(seconds: 1)
        #expect(try bench.service.readSnapshot(session) == .absent(.expired))
    }

    @Test func touchMovesTheDeadline() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let version = try await bench.make(session, "alice", lifetime: 100)
        for _ in 0..<10 {
            bench.clock.advance(seconds: 90)
            let client = SessionClient(pid: 1)
            #expect(try await bench.read(session, client) == (version, "alice"))
            try bench.service.touch(session, version: version, lifetime: 100, for: client)
            bench.service.release(client)
            #expect(bench.store.entries.count == 1)
        }
        // What compaction may drop lies behind the deadline, in the body as in the metadata.
        let record = try #require(bench.store.records.values.first)
        let deadline = bench.clock.now().advanced(by: 100)
        #expect(RecordHeader(of: record.metadata)?.expires == deadline)
        let body = try #require(record.body)
        #expect(try #require(RecordHeader(of: body)).expires >= deadline)
        bench.clock.advance(seconds: 100)
        #expect(try bench.service.readSnapshot(session) == .absent(.expired))
    }

    // The slots of this lifetime are 20 s apart.
    @Test func smallMovesOfTheDeadlineAreKeptInMemory() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let version = try await bench.make(session, "alice", lifetime: 1280)
        let before = bench.store.records
        func touch(after seconds: UInt64) throws {
            bench.clock.advance(seconds: seconds)
            try bench.service.touch(session, version: version, lifetime: 1280, for: SessionClient(pid: 1))
        }
        try touch(after: 10)
        try touch(after: 9)
        #expect(bench.store.records == before)
        try touch(after: 1)
        #expect(bench.store.records != before)
        #expect(bench.store.entries.count == 1)
    }

    @Test func sessionLivesToTheDeadlineThatOnlyMemoryHas() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let version = try await bench.make(session, "alice", lifetime: 1280)
        bench.clock.advance(seconds: 19)
        try bench.service.touch(session, version: version, lifetime: 1280, for: SessionClient(pid: 1))
        bench.clock.advance(seconds: 1279)
        let unaware = try await bench.restarted()
        #expect(try unaware.service.readSnapshot(session) == .absent(.expired))
        _ = try await bench.service.collect()
        let client = SessionClient(pid: 1)
        #expect(try await bench.read(session, client) == (version, "alice"))
        // What is written from there is written as a whole.
        #expect(try await bench.write("bob", session, version: version, lifetime: 1280, client).version == version + 1)
        #expect(try await bench.restarted().service.readSnapshot(session) != .absent(.expired))
        #expect(bench.store.entries.count == 1)
        bench.service.release(client)
        bench.clock.advance(seconds: 1280 + 20)
        #expect(try bench.service.readSnapshot(session) == .absent(.expired))
        _ = try await bench.service.collect()
        #expect(bench.store.records.isEmpty)
        #expect(bench.store.entries.isEmpty)
    }

    @Test func entryIsFiledAnewWhenItComesDueAndNotWithEachUse() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        var version = try await bench.make(session, "alice", lifetime: 1280)
        let first = bench.store.entries
        for number in 1...10 {
            bench.clock.advance(seconds: 100)
            version = try await bench.write(
                "\(number)",
                session,
                version: version,
                lifetime: 1280,
                SessionClient(pid: 1)
            ).version
        }
        #expect(bench.store.entries == first)
        bench.clock.advance(seconds: 300)
        #expect(try await bench.service.collect() == 0)
        #expect(
            bench.store.entries.map(\.slot.time.seconds).first.map { $0 >= bench.clock.now().seconds + 980 } == true
        )
        #expect(bench.store.entries.count == 1)
        #expect(try await bench.restarted().read(session, SessionClient(pid: 1)) == (version, "10"))
        // A shorter life moves it at once.
        _ = try await bench.write("short", session, version: version, lifetime: 10, SessionClient(pid: 1))
        #expect(bench.store.entries.map(\.slot.time) == [bench.clock.now().advanced(by: 10)])
        bench.clock.advance(seconds: 10)
        #expect(try await bench.service.collect() == 1)
        #expect(bench.store.entries.isEmpty)
    }

    @Test func touchWithAnotherLifetimeIsWritten() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let version = try await bench.make(session, "alice", lifetime: 1280)
        try bench.service.touch(session, version: version, lifetime: 1285, for: SessionClient(pid: 1))
        let record = try #require(bench.store.records.values.first)
        #expect(RecordHeader(of: record.metadata)?.expires == bench.clock.now().advanced(by: 1285))
    }

    @Test func touchOfAnotherVersionOrOfNothingDoesNothing() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        try bench.service.touch(session, version: 5, lifetime: 100, for: SessionClient(pid: 1))
        #expect(bench.store.records.isEmpty)
        let version = try await bench.make(session, "alice", lifetime: 100)
        let before = bench.store.records
        bench.clock.advance(seconds: 10)
        try bench.service.touch(session, version: version - 1, lifetime: 100, for: SessionClient(pid: 1))
        #expect(bench.store.records == before)
    }

    @Test func expiredSessionIsNotTouchedBackToLife() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let version = try await bench.make(session, "alice", lifetime: 100)
        bench.clock.advance(seconds: 100)
        try bench.service.touch(session, version: version, lifetime: 100, for: SessionClient(pid: 1))
        #expect(try bench.service.readSnapshot(session) == .absent(.expired))
    }

    @Test func expiredSessionCanBeMadeAnew() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let old = try await bench.make(session, "old", lifetime: 1)
        bench.clock.advance(seconds: 1)
        let new = try await bench.make(session, "new", lifetime: 100)
        #expect(new > old)
        #expect(try await bench.read(session, SessionClient(pid: 1)) == (new, "new"))
    }

    /// After a clock that was wrong by more than a year, or a time that was not stored before the machine lost it.
    @Test(arguments: [(2 * 86_400, true), (2 * 86_400 + 1, false)] as [(UInt64, Bool)])
    func sessionThatWasSeenInTheFutureHasExpired(_ seconds: UInt64, _ isAlive: Bool) async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let version = try await bench.make(session, "alice", lifetime: 1000)
        bench.clock.goBack(seconds: seconds)
        let client = SessionClient(pid: 1)
        #expect(try await bench.read(session, client).text == (isAlive ? "alice" : ""))
        if !isAlive {
            #expect(try bench.service.readSnapshot(session) == .absent(.expired))
            try bench.service.touch(session, version: version, lifetime: 100, for: SessionClient(pid: 2))
            #expect(try await bench.write("bob", session, version: 0, lifetime: 100, client).version != version)
            bench.service.release(client)
            #expect(try await bench.read(session, client).text == "bob")
        }
        #expect(bench.store.entries.count == 1)
    }

    @Test func lifetimeOfZeroCountsAsOneSecond() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        _ = try await bench.make(session, "alice", lifetime: 0)
        #expect(try await bench.read(session, SessionClient(pid: 1)).text == "alice")
        bench.clock.advance(seconds: 1)
        #expect(try bench.service.readSnapshot(session) == .absent(.expired))
    }

    @Test func collectRemovesTheExpiredAndOnlyThem() async throws {
        let bench = try await Bench()
        for number in 0..<10 { _ = try await bench.make(Bench.session("short\(number)"), "x", lifetime: 10) }
        for number in 0..<10 { _ = try await bench.make(Bench.session("long\(number)"), "x", lifetime: 1000) }
        #expect(try await bench.service.collect() == 0)
        bench.clock.advance(seconds: 10)
        var removed = 0
        while bench.store.records.count > 10 { removed += try await bench.service.collect() }
        #expect(bench.service.statistics[.expired] == 10)
        #expect(removed <= 10)
        #expect(bench.store.records.count == 10)
        #expect(bench.store.entries.count == 10)
    }

    @Test func sweepPutsAnEntryThatIsOutOfDateRightAndKeepsTheSession() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        _ = try await bench.make(session, "alice", lifetime: 1000)
        let (address, record) = try #require(bench.store.records.first)
        let stray = ExpiryFiling(slot: ExpirySlot(bench.clock.now()), kibibytes: 9)
        try bench.store.apply(
            RecordUpdate(address: address, metadata: record.metadata, body: nil, previousExpiry: nil, expiry: stray)
        )
        #expect(try await bench.service.collect() == 0)
        #expect(!bench.store.entries.contains { $0.slot == stray.slot })
        #expect(try await bench.read(session, SessionClient(pid: 1)).text == "alice")
    }

    @Test func sweepPutsAStrayEntryInPlaceOfTheSessionsOwnUnlessThatIsThere() async throws {
        let bench = try await Bench()
        _ = try await bench.make(try Bench.session(), "alice", lifetime: 1)
        let own = try #require(bench.store.entries.first)
        let record = try #require(try bench.store.record(at: own.address))
        let stray = ExpiryFiling(slot: ExpirySlot(UnixTime(seconds: 1)), kibibytes: 9)
        let update = RecordUpdate(
            address: own.address,
            metadata: record.metadata,
            body: nil,
            previousExpiry: nil,
            expiry: stray
        )
        try bench.store.apply(update)
        #expect(try await bench.service.collect() == 0)
        #expect(bench.store.entries == [own])

        try bench.store.remove(own.address, expiry: own.slot)
        try bench.store.apply(update)
        #expect(try await bench.service.collect() == 0)
        #expect(bench.store.entries == [own])
    }

    @Test(arguments: [(0, 1), (581, 1), (582, 1), (583, 2), (1606, 2), (1607, 3), (1 << 20, 1025)])
    func sizeOfARecordIsFiledInWholeKibibytes(_ data: Int, _ kibibytes: UInt32) async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let version = try await bench.make(session, String(repeating: "a", count: data))
        #expect(bench.store.entries.map(\.filing.kibibytes) == [kibibytes])
        _ = try await bench.write("small", session, version: version, SessionClient(pid: 1))
        #expect(bench.store.entries.map(\.filing.kibibytes) == [1])
    }

    @Test func sessionInUseIsNotSwept() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let version = try await bench.make(session, "alice", lifetime: 10)
        let client = SessionClient(pid: 1)
        try await bench.read(session, client)
        bench.clock.advance(seconds: 20)
        #expect(try await bench.service.collect() == 0)
        #expect(
            try await bench.write("still here", session, version: version, client) == .written(version: version + 1)
        )
    }
}
