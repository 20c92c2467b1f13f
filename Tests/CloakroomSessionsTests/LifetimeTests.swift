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
        #expect(try await bench.service.readSnapshot(session) == .absent(.expired))
    }

    @Test func touchMovesTheDeadline() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let version = try await bench.make(session, "alice", lifetime: 100)
        for _ in 0..<10 {
            bench.clock.advance(seconds: 90)
            let client = SessionClient(pid: 1)
            #expect(try await bench.read(session, client) == (version, "alice"))
            try await bench.service.touch(session, version: version, lifetime: 100, for: client)
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
        #expect(try await bench.service.readSnapshot(session) == .absent(.expired))
    }

    @Test func touchOfAnotherVersionOrOfNothingDoesNothing() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        try await bench.service.touch(session, version: 5, lifetime: 100, for: SessionClient(pid: 1))
        #expect(bench.store.records.isEmpty)
        let version = try await bench.make(session, "alice", lifetime: 100)
        let before = bench.store.records
        bench.clock.advance(seconds: 10)
        try await bench.service.touch(session, version: version - 1, lifetime: 100, for: SessionClient(pid: 1))
        #expect(bench.store.records == before)
    }

    @Test func expiredSessionIsNotTouchedBackToLife() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        let version = try await bench.make(session, "alice", lifetime: 100)
        bench.clock.advance(seconds: 100)
        try await bench.service.touch(session, version: version, lifetime: 100, for: SessionClient(pid: 1))
        #expect(try await bench.service.readSnapshot(session) == .absent(.expired))
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

    @Test func lifetimeOfZeroCountsAsOneSecond() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        _ = try await bench.make(session, "alice", lifetime: 0)
        #expect(try await bench.read(session, SessionClient(pid: 1)).text == "alice")
        bench.clock.advance(seconds: 1)
        #expect(try await bench.service.readSnapshot(session) == .absent(.expired))
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
        let stray = ExpirySlot(bench.clock.now())
        try bench.store.apply(
            RecordUpdate(address: address, metadata: record.metadata, body: nil, previousExpiry: nil, expiry: stray)
        )
        #expect(try await bench.service.collect() == 0)
        #expect(!bench.store.entries.contains(ExpiryEntry(slot: stray, address: address)))
        #expect(try await bench.read(session, SessionClient(pid: 1)).text == "alice")
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
