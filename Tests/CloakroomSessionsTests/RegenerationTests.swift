// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomSessions
import CloakroomTestKit
import Testing

@Suite("An id that replaces another") struct RegenerationTests {
    private let old: SessionReference
    private let new: SessionReference
    private let client = SessionClient(pid: 1)

    init() throws {
        old = try Bench.session("old")
        new = try Bench.session("new")
    }

    /// What PHP does in session_regenerate_id(false) and at the end of the request: the old session is written already.
    private func replace(
        _ old: SessionReference,
        by new: SessionReference,
        _ text: String,
        in bench: Bench
    ) async throws {
        let client = SessionClient(pid: 1)
        defer { bench.service.release(client) }
        let read = SessionRead(session: new, previous: old)
        #expect(try await bench.service.readLocked(read, for: client, wait: .seconds(1)) == .absent(.unknown))
        #expect(try await bench.write(text, new, version: 0, client).version > 0)
    }

    @Test("the old id lives on for the grace, and is then refused and reported")
    func grace() async throws {
        let bench = try await Bench()
        _ = try await bench.make(old, "alice")
        try await replace(old, by: new, "alice, logged in", in: bench)
        bench.clock.advance(seconds: 59)
        let (version, text) = try await bench.read(old, client)
        #expect(text == "alice")
        #expect(try await bench.write("late", old, version: version, client).version == version + 1)
        bench.service.release(client)
        #expect(bench.recorder.take() == ["session created", "session regenerated"])
        bench.clock.advance(seconds: 1)
        #expect(try bench.service.readSnapshot(old) == .absent(.replaced))
        #expect(bench.recorder.take() == ["session reuse ended=0"])
        #expect(try await bench.read(new, client).text == "alice, logged in")
        #expect(try await bench.restarted().service.readSnapshot(old) == .absent(.replaced))
    }

    @Test("use in the grace does not make it longer")
    func graceStays() async throws {
        let bench = try await Bench()
        let version = try await bench.make(old, "alice")
        try await replace(old, by: new, "alice", in: bench)
        for _ in 0..<6 {
            #expect(try await bench.read(old, client).version == version)
            try bench.service.touch(old, version: version, lifetime: 1440, for: client)
            bench.service.release(client)
            bench.clock.advance(seconds: 10)
        }
        #expect(try bench.service.readSnapshot(old) == .absent(.replaced))
        try await replace(old, by: try Bench.session("another"), "alice", in: bench)
        #expect(try bench.service.readSnapshot(old) == .absent(.replaced))
    }

    @Test("with session_regenerate_id(true) the old id is dead at once, which is no reuse for requests under way")
    func atOnce() async throws {
        let bench = try await Bench()
        _ = try await bench.make(old, "planted")
        let holder = SessionClient(pid: 2)
        let (version, _) = try await bench.read(old, holder)
        #expect(try bench.service.retire(old, for: client))
        #expect(try bench.service.retire(old, for: client) == false)
        #expect(try await bench.write("late", old, version: version, holder) == .gone)
        bench.service.release(holder)
        #expect(try bench.service.readSnapshot(old) == .absent(.replaced))
        try await replace(old, by: new, "alice", in: bench)
        #expect(bench.recorder.take().filter { $0.contains("reuse") }.isEmpty)
        bench.clock.advance(seconds: 60)
        #expect(try bench.service.readSnapshot(old) == .absent(.replaced))
        #expect(bench.recorder.take() == ["session reuse ended=0"])
        #expect(try await bench.read(new, client).text == "alice")
    }

    @Test("a holder that read the old session before it was replaced does not bring it back")
    func holder() async throws {
        let bench = try await Bench()
        _ = try await bench.make(old, "alice")
        let holder = SessionClient(pid: 2)
        let (version, _) = try await bench.read(old, holder)
        try await replace(old, by: new, "alice", in: bench)
        #expect(try await bench.write("late", old, version: version, holder).version == version + 1)
        bench.service.release(holder)
        bench.clock.advance(seconds: 60)
        #expect(try bench.service.readSnapshot(old) == .absent(.replaced))
    }

    @Test("the time of the log-in stays that of the first id")
    func created() async throws {
        let bench = try await Bench { $0.lifetimes.absolute = .limited(3600) }
        _ = try await bench.make(old, "alice")
        bench.clock.advance(seconds: 1000)
        try await replace(old, by: new, "alice", in: bench)
        let third = try Bench.session("third")
        bench.clock.advance(seconds: 1000)
        #expect(try bench.service.retire(new, for: client))
        try await replace(new, by: third, "alice", in: bench)
        bench.clock.advance(seconds: 1400)
        let (version, text) = try await bench.read(third, client)
        #expect(text == "alice")
        try bench.service.touch(third, version: version, lifetime: 1440, for: client)
        bench.service.release(client)
        bench.clock.advance(seconds: 200)
        #expect(try bench.service.readSnapshot(third) == .absent(.tooOld))
    }

    @Test("the use of an old id ends all that came of it, if the rules say so, and nobody else's session")
    func lineage() async throws {
        let bench = try await Bench { $0.reuseEndsLineage = true }
        let others = try ["x", "y"].map { try Bench.session($0) }
        for other in others { _ = try await bench.make(other, "bob") }
        _ = try await bench.make(old, "alice")
        let third = try Bench.session("third")
        let branch = try Bench.session("branch")
        try await replace(old, by: new, "alice", in: bench)
        try await replace(old, by: branch, "alice", in: bench)
        try await replace(new, by: third, "alice", in: bench)
        bench.clock.advance(seconds: 60)
        #expect(try bench.service.readSnapshot(old) == .absent(.replaced))
        #expect(bench.recorder.lines.last == "session reuse ended=3")
        for session in [new, branch, third] { #expect(try bench.service.readSnapshot(session) == .absent(.unknown)) }
        for other in others { #expect(try bench.service.readSnapshot(other) != .absent(.unknown)) }
        #expect(bench.store.records.count == 3)
    }

    @Test("what has ended, or never was, has no heir")
    func nothing() async throws {
        let bench = try await Bench { $0.lifetimes.remembered = 900 }
        _ = try await bench.make(old, "alice", lifetime: 10)
        bench.clock.advance(seconds: 10)
        try await replace(old, by: new, "bob", in: bench)
        #expect(try bench.service.readSnapshot(old) == .absent(.expired))
        try await replace(try Bench.session("never"), by: try Bench.session("third"), "carol", in: bench)
        #expect(bench.recorder.lines == ["session created", "session created", "session created"])
    }
}
