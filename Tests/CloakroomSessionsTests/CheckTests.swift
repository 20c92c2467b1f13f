// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
import CloakroomCore
import CloakroomSessions
import CloakroomStore
import CloakroomTestKit
import Testing

@Suite("Checks for the gate in front of PHP") struct CheckTests {
    private static let firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    private let session: SessionReference

    init() throws { session = try Bench.session() }

    /// The gate's connection with a browser.
    private func gate(_ address: String = "192.0.2.1", _ agent: String = firefox) -> SessionClient {
        let client = SessionClient(pid: 2)
        client.claims = ClientClaims(address: Array(address.utf8), agent: Array(agent.utf8))
        return client
    }

    private func check(_ bench: Bench, _ client: SessionClient? = nil, activity: Bool = false) throws -> CheckOutcome {
        try bench.service.check(session, for: client ?? gate(), isActivity: activity)
    }

    private func alive(_ bench: Bench, activity: Bool = false) throws -> CheckedSession {
        guard case .alive(let checked) = try check(bench, activity: activity) else {
            throw SessionIsAbsent()
        }
        return checked
    }

    private struct SessionIsAbsent: Error {}

    @Test("a living session is told with its times and its user, and nothing of it changes")
    func living() async throws {
        let bench = try await Bench { $0.lifetimes.absolute = .limited(2000) }
        _ = try await bench.make(session, "alice", as: "alice")
        let before = bench.store.records
        bench.clock.advance(seconds: 100)
        for _ in 0..<3 {
            let checked = try alive(bench)
            #expect((checked.age, checked.idle, checked.remaining) == (100, 100, 1340))
            #expect(checked.user?.name == UserName("alice".utf8))
            #expect(checked.user?.age == 100)
            #expect(checked.tag == (try #require(bench.store.records.keys.first).sessionTag))
        }
        #expect(bench.store.records == before)
        let client = SessionClient(pid: 1)
        let version = try await bench.read(session, client).version
        bench.clock.advance(seconds: 900)
        try bench.service.touch(session, version: version, lifetime: 1440, for: client)
        bench.service.release(client)
        // The absolute end comes first now.
        #expect(try alive(bench).remaining == 1000)
        #expect(bench.service.statistics[.admitted] == 4)
        #expect(bench.service.statistics[.turnedAway] == 0)
        #expect(bench.service.statistics[.found] == 1, "a check is no read")
    }

    @Test("a session that belongs to nobody is alive")
    func anonymous() async throws {
        let bench = try await Bench()
        _ = try await bench.make(session, "cart")
        #expect(try alive(bench).user == nil)
        #expect(try alive(bench).remaining == 1440)
    }

    @Test("an unknown, an expired, a too old and a damaged one are turned away for the reason that a read gives")
    func absences() async throws {
        let bench = try await Bench { rules in
            rules.lifetimes.absolute = .limited(5000)
            rules.lifetimes.remembered = 10_000
        }
        #expect(try check(bench) == .absent(.unknown))
        _ = try await bench.make(session, "alice", lifetime: 100)
        bench.clock.advance(seconds: 99)
        #expect(try alive(bench).remaining == 1)
        bench.clock.advance(seconds: 1)
        #expect(try check(bench) == .absent(.expired))
        #expect(try check(bench, activity: true) == .absent(.expired), "a check brings nothing back")
        _ = try await bench.make(session, "alice", lifetime: 6000)
        bench.clock.advance(seconds: 5000)
        #expect(try check(bench) == .absent(.tooOld))
        #expect(bench.service.statistics[.turnedAway] == 4)
        #expect(bench.service.statistics[.admitted] == 1)
    }

    @Test("metadata that do not authenticate are no session")
    func unreadable() async throws {
        let bench = try await Bench()
        _ = try await bench.make(session, "alice")
        let address = try #require(bench.store.records.keys.first)
        bench.store.records[address]?.metadata[40] ^= 1
        // Another process, which has not opened them before.
        let restarted = try await bench.restarted()
        #expect(try check(restarted) == .absent(.unreadable))
        #expect(restarted.service.statistics[.unreadable] == 1)
    }

    @Test("a log-out is seen at once; in a pool that reads through it is remembered as one")
    func destroyed() async throws {
        for readThrough in ["", "/srv/old"] {
            let bench = try await Bench { $0.readThrough = readThrough }
            _ = try await bench.make(session, "alice")
            _ = try alive(bench)
            #expect(try bench.service.destroy(session, for: SessionClient(pid: 1)))
            #expect(try check(bench) == .absent(readThrough.isEmpty ? .unknown : .destroyed))
        }
    }

    @Test("a replaced id is alive for the grace, and remains for no longer; then its use is reported")
    func replaced() async throws {
        let bench = try await Bench { $0.reuseEndsLineage = true }
        _ = try await bench.make(session, "alice")
        let client = SessionClient(pid: 1)
        let new = try Bench.session("new")
        let read = SessionRead(session: new, previous: session)
        _ = try await bench.service.readLocked(read, for: client, wait: .seconds(1))
        _ = try await bench.write("alice", new, version: 0, client)
        bench.service.release(client)
        bench.clock.advance(seconds: 20)
        #expect(try alive(bench).remaining == 40)
        #expect(try alive(bench, activity: true).remaining == 40, "a use does not make it longer")
        bench.clock.advance(seconds: 40)
        #expect(try check(bench) == .absent(.replaced))
        #expect(bench.service.statistics[.reused] == 1)
        #expect(
            try bench.service.check(new, for: gate(), isActivity: false) == .absent(.unknown),
            "the rules end what came of it"
        )
    }

    @Test("another browser is refused, and the session is ended where the rules say so")
    func binding() async throws {
        for (policy, after) in [
            (BindingRules.Policy.deny, nil), (.destroy, Absence.unknown),
        ] as [(BindingRules.Policy, Absence?)] {
            let bench = try await Bench { rules in
                rules.binding = BindingRules()
                rules.binding.address = policy
                rules.binding.agent = policy
            }
            let owner = gate()
            try await bench.read(session, owner)
            _ = try await bench.write("alice", session, version: 0, owner)
            bench.service.release(owner)
            guard case .alive = try check(bench) else { throw SessionIsAbsent() }
            if policy == .deny { #expect(try check(bench, gate("198.51.100.7")) == .absent(.otherAddress)) }
            #expect(try check(bench, gate("192.0.2.1", "curl/8.5.0")) == .absent(.otherAgent))
            #expect(bench.service.statistics[.rejected] > 0)
            if let after {
                #expect(try check(bench) == .absent(after))
            } else {
                guard case .alive = try check(bench) else { throw SessionIsAbsent() }
            }
        }
    }

    @Test("only a check that counts as activity moves the end, by the session's own lifetime")
    func activity() async throws {
        let bench = try await Bench()
        let version = try await bench.make(session, "alice", lifetime: 100)
        bench.clock.advance(seconds: 90)
        #expect(try alive(bench).remaining == 10)
        let used = try alive(bench, activity: true)
        #expect((used.idle, used.remaining) == (0, 100))
        bench.clock.advance(seconds: 90)
        #expect(try alive(bench).idle == 90)
        #expect(try alive(bench, activity: true).remaining == 100)
        bench.clock.advance(seconds: 99)
        #expect(try await bench.read(session, SessionClient(pid: 1)) == (version, "alice"), "the version is as it was")
    }

    @Test("the shorter first time is not lifted by looking")
    func firstTime() async throws {
        let bench = try await Bench { rules in
            rules.lifetimes.first = 60
            rules.lifetimes.idle = 1440
        }
        _ = try await bench.make(session, "robot")
        for _ in 0..<5 {
            bench.clock.advance(seconds: 11)
            _ = try alive(bench)
        }
        bench.clock.advance(seconds: 5)
        #expect(try check(bench) == .absent(.expired))
        _ = try await bench.make(session, "visitor")
        bench.clock.advance(seconds: 59)
        #expect(try alive(bench, activity: true).remaining == 1440, "a use is a second one")
    }

    @Test("who holds the lock holds up no check, and what he knows of the session stays true")
    func held() async throws {
        let bench = try await Bench()
        let holder = SessionClient(pid: 1)
        let version = try await bench.make(session, "alice", lifetime: 100)
        try await bench.read(session, holder)
        bench.clock.advance(seconds: 50)
        let checked = try alive(bench, activity: true)
        #expect((checked.idle, checked.remaining) == (50, 50))
        #expect(
            try await bench.write("alice 2", session, version: version, lifetime: 100, holder).version == version + 1
        )
        bench.service.release(holder)
        #expect(try alive(bench).remaining == 100)
    }

    @Test("unknown ids count as guesses, without a delay, and one of an address once a minute")
    func guessing() async throws {
        let bench = try await Bench { rules in
            rules.guessing = GuessingLimits(idsPerMinute: 3, refuseAfter: 2, refuseFor: .seconds(600))
        }
        func check(_ id: String, _ address: String = "192.0.2.1") throws -> CheckOutcome {
            try bench.service.check(Bench.session(id), for: gate(address), isActivity: false)
        }
        // A page with many images.
        for _ in 0..<100 { #expect(try check("dead") == .absent(.unknown)) }
        for number in 0..<5 { #expect(try check("guess\(number)") == .absent(.unknown)) }
        #expect(bench.recorder.lines.filter { $0.contains("guessing") }.count == 1, "the rate is reported once")
        for _ in 0..<2 { #expect(try check("guess5") == .guessing, "and so it is answered again") }
        #expect(try check("guess6") == .guessing)
        #expect(try check("dead") == .absent(.unknown), "what was answered before may be answered")
        #expect(try check("guess6", "192.0.2.2") == .absent(.unknown), "another address")
        #expect(bench.service.statistics[.guessed] == 3)
        // PHP's clients are counted with them.
        let client = gate()
        guard case .refused = try bench.service.noteUnknownID(of: client) else {
            Issue.record("the gate's guesses do not count")
            return
        }
        _ = try await bench.make(session, "alice")
        guard case .alive = try self.check(bench) else { throw SessionIsAbsent() }
    }

    @Test("where PHP looks elsewhere for a session an unknown id is nobody's guess")
    func readThrough() async throws {
        let bench = try await Bench { rules in
            rules.readThrough = "/srv/old"
            rules.guessing = GuessingLimits(idsPerMinute: 1, refuseAfter: 1, refuseFor: .seconds(600))
        }
        for number in 0..<10 {
            let id = try Bench.session("old\(number)")
            #expect(try bench.service.check(id, for: gate(), isActivity: false) == .absent(.unknown))
        }
        #expect(bench.service.statistics[.guessed] == 0)
    }
}
