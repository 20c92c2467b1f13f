// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import CloakroomTestKit
import Logging
import Testing

@testable import CloakroomSessions

@Suite("The sessions of a user", .timeLimit(.minutes(10))) struct UserTests {
    private let client = SessionClient(pid: 1)

    private func session(_ id: String) throws -> SessionReference { try Bench.session(id) }

    private func name(_ name: String) throws -> UserName { try #require(UserName(name.utf8)) }

    /// The ids of those of some sessions that are there.
    private func present(_ ids: [String], in bench: Bench) throws -> [String] {
        try ids.filter { if case .found = try bench.service.readSnapshot(session($0)) { true } else { false } }
    }

    private func list(_ user: String?, from own: String, in bench: Bench) async throws -> [UserSession]? {
        try await bench.service.sessions(ofUser: user.map { try name($0) }, own: session(own))
    }

    private func end(
        _ selection: UserSessionSelection,
        _ user: String?,
        from own: String,
        in bench: Bench
    ) async throws -> EndedSessions? {
        try await bench.service.endSessions(
            selection,
            ofUser: user.map { try name($0) },
            own: session(own),
            for: client
        )
    }

    private func tag(_ id: String, in bench: Bench) throws -> SessionTag {
        try bench.service.sealer.address(of: session(id)).sessionTag
    }

    @Test("sessions are listed, the one seen last first, without ids, and nobody else's")
    func listed() async throws {
        let bench = try await Bench { $0.binding = BindingRules() }
        let browser = SessionClient(pid: 7)
        browser.claims = ClientClaims(
            address: Array("192.0.2.1".utf8),
            agent: Array("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0".utf8)
        )
        try await bench.read(session("a"), browser)
        _ = try await bench.write("1", session("a"), version: 0, as: Bench.user("alice"), browser)
        bench.service.release(browser)
        bench.clock.advance(seconds: 10)
        _ = try await bench.make(session("b"), "2", as: "alice")
        _ = try await bench.make(session("c"), "3", as: "bob")
        _ = try await bench.make(session("d"), "4")

        let listed = try #require(try await list("alice", from: "a", in: bench))
        #expect(listed.map(\.tag) == [try tag("b", in: bench), try tag("a", in: bench)])
        #expect(listed.map(\.isOwn) == [false, true])
        #expect(listed[1].created.seconds == 1_700_000_000 && listed[0].lastSeen.seconds == 1_700_000_010)
        #expect(listed[1].network == "192.0.0.0/16" && listed[1].browser == "Firefox on Windows")
        #expect(listed[0].network == "" && listed[0].browser == "")
        #expect(try await list("carol", from: "a", in: bench) == [])
        #expect(try await list(nil, from: "b", in: bench)?.count == 2, "the user of the session that asks")
        #expect(try await list(nil, from: "d", in: bench) == nil)
        #expect(try await end(.all, nil, from: "d", in: bench) == nil)
    }

    @Test("one session ends, then the others, then all; nobody else's")
    func ended() async throws {
        let bench = try await Bench()
        let ids = ["a", "b", "c", "d", "bobs"]
        for id in ids { _ = try await bench.make(session(id), id, as: id == "bobs" ? "bob" : "alice") }
        _ = bench.recorder.take()
        #expect(try await end(.one(tag("bobs", in: bench)), "alice", from: "a", in: bench) == EndedSessions())
        #expect(try await end(.one(tag("b", in: bench)), "alice", from: "a", in: bench)?.count == 1)
        #expect(try present(ids, in: bench) == ["a", "c", "d", "bobs"])
        let user = try bench.service.sealer.group(of: name("alice")).tag
        #expect(bench.recorder.take() == ["session destroyed user=\(user)"])
        #expect(try await end(.others, nil, from: "a", in: bench) == EndedSessions(count: 2, includesOwn: false))
        #expect(try present(ids, in: bench) == ["a", "bobs"])
        #expect(try await end(.all, "alice", from: "a", in: bench) == EndedSessions(count: 1, includesOwn: true))
        #expect(try present(ids, in: bench) == ["bobs"])
        #expect(bench.service.statistics[.destroyed] == 4)
        #expect(try bench.members("alice") == [] && bench.members("bob").count == 1)
    }

    @Test("a session ends from under the request that has it")
    func underway() async throws {
        let bench = try await Bench()
        let version = try await bench.make(session("a"), "1", as: "alice")
        try await bench.read(session("a"), client)
        #expect(try await end(.all, "alice", from: "other", in: bench)?.count == 1)
        #expect(try await bench.write("late", session("a"), version: version, client) == .gone)
        #expect(bench.store.membershipCount == 0 && bench.store.entries.isEmpty)
    }

    @Test("a session takes its user along to a new id; the old one is not listed, but ends", arguments: [false, true])
    func regenerated(atOnce: Bool) async throws {
        let bench = try await Bench()
        _ = try await bench.make(session("old"), "1", as: "alice")
        bench.clock.advance(seconds: 5)
        if atOnce { _ = try bench.service.retire(session("old"), for: client) }
        let read = SessionRead(session: try session("new"), previous: try session("old"))
        _ = try await bench.service.readLocked(read, for: client, wait: .seconds(1))
        _ = bench.recorder.take()
        _ = try await bench.write("2", session("new"), version: 0, client)
        bench.service.release(client)
        let user = try bench.service.sealer.group(of: name("alice")).tag
        #expect(bench.recorder.take() == ["session regenerated user=\(user)"])
        #expect(try await list("alice", from: "new", in: bench)?.map(\.tag) == [tag("new", in: bench)])
        #expect(try bench.members("alice").count == 2)
        #expect(try await end(.all, "alice", from: "new", in: bench) == EndedSessions(count: 1, includesOwn: true))
        #expect(bench.store.records.isEmpty && bench.store.entries.isEmpty && bench.store.membershipCount == 0)
    }

    @Test(
        "the time of the log-in begins anew when the same user logs in again, and only then",
        arguments: [false, true]
    )
    func loggedInAgain(authenticated: Bool) async throws {
        let bench = try await Bench()
        let session = try session("a")
        let version = try await bench.make(session, "1", as: "alice")
        bench.clock.advance(seconds: 100)
        try await bench.read(session, client)
        let user = try Bench.user("alice")
        _ = try await bench.write("2", session, version: version, as: user, authenticated: authenticated, client)
        bench.service.release(client)
        guard case .alive(let checked) = try bench.service.check(session, for: client, isActivity: false) else {
            Issue.record("not alive")
            return
        }
        #expect(checked.user?.age == (authenticated ? 0 : 100))
        #expect(checked.age == 100)
        #expect(try bench.members("alice").count == 1)
    }

    @Test("a log-in under the id that was there before is reported")
    func sameID() async throws {
        let bench = try await Bench()
        let user = try bench.service.sealer.group(of: name("alice")).tag
        let version = try await bench.make(session("a"), "cart")
        _ = bench.recorder.take()
        let next = try await bench.write("in", session("a"), version: version, as: Bench.user("alice"), client).version
        #expect(bench.recorder.take() == ["session identified reason=the id did not change user=\(user)"])
        let same = try await bench.write("x", session("a"), version: next, as: Bench.user("alice"), client).version
        #expect(bench.recorder.take() == [], "nothing new")

        // Under a new id, and in a session that did not exist, it is as it should be.
        try await bench.read(session("b"), client)
        _ = try await bench.write("in", session("b"), version: 0, as: Bench.user("alice"), client)
        bench.service.release(client)
        #expect(bench.recorder.take() == ["session created user=\(user)", "session identified user=\(user)"])
        #expect(SessionEventLog(logger: .init(label: ""), selection: .attention).takes(.identified) == false)
        #expect(SessionEventLog(logger: .init(label: ""), selection: .attention).takes(.identified, attention: true))

        _ = try await bench.write("out", session("a"), version: same, as: .nobody, client)
        #expect(try bench.members("alice").count == 1)
    }

    @Test("a session that changes its user is the new one's only, and every line says whose it is")
    func change() async throws {
        let bench = try await Bench()
        var version = try await bench.make(session("a"), "1", as: "alice")
        version = try await bench.write("2", session("a"), version: version, as: Bench.user("bob"), client).version
        #expect(try bench.members("alice") == [] && bench.members("bob").count == 1)
        version = try await bench.write("3", session("a"), version: version, client).version
        #expect(try bench.members("bob").count == 1)
        _ = bench.recorder.take()
        let bob = try bench.service.sealer.group(of: name("bob")).tag
        _ = try await bench.write("late", session("a"), version: 1, client)
        _ = try bench.service.destroy(session("a"), for: client)
        #expect(
            bench.recorder.take() == [
                "session conflict reason=written by another request user=\(bob)", "session destroyed user=\(bob)",
            ]
        )
        #expect(bench.store.membershipCount == 0)
    }

    @Test("the sixth session of five ends the one seen least recently")
    func oldest() async throws {
        let bench = try await Bench { $0.users.maximumSessions = 5 }
        let ids = (0..<5).map { "s\($0)" }
        var versions: [UInt64] = []
        for id in ids {
            versions.append(try await bench.make(session(id), id, as: "alice"))
            bench.clock.advance(seconds: 1)
        }
        _ = try await bench.make(session("bobs"), "bob", as: "bob")
        try bench.service.touch(session("s0"), version: versions[0], lifetime: 1440, for: client)
        _ = bench.recorder.take()
        _ = try await bench.make(session("s5"), "new", as: "alice")
        #expect(try present(ids + ["s5", "bobs"], in: bench) == ["s0", "s2", "s3", "s4", "s5", "bobs"])
        let user = try bench.service.sealer.group(of: name("alice")).tag
        #expect(
            bench.recorder.take() == [
                "session created user=\(user)", "session identified user=\(user)",
                "session over limit action=ended limit=5 sessions=6 user=\(user)",
                "session destroyed reason=too many sessions of this user user=\(user)",
            ]
        )
        // A session that is his already is no new one, nor is one that takes its place.
        _ = try await bench.write("x", session("s3"), version: versions[3], as: Bench.user("alice"), client)
        let read = SessionRead(session: try session("s6"), previous: try session("s4"))
        _ = try await bench.service.readLocked(read, for: client, wait: .seconds(1))
        _ = try await bench.write("2", session("s6"), version: 0, as: Bench.user("alice"), client)
        bench.service.release(client)
        #expect(try await list("alice", from: "s6", in: bench)?.count == 5)
    }

    @Test("a new session beyond the maximum is denied, and what ended makes room")
    func deny() async throws {
        let bench = try await Bench { rules in
            rules.users.maximumSessions = 2
            rules.users.whenFull = .deny
        }
        let version = try await bench.make(session("a"), "1", lifetime: 100, as: "alice")
        _ = try await bench.make(session("b"), "2", as: "alice")
        let anonymous = try await bench.make(session("c"), "3")
        _ = bench.recorder.take()
        let third = try await bench.write("4", session("d"), version: 0, as: Bench.user("alice"), client)
        #expect(third == .tooManyOfUser(2))
        #expect(bench.store.records.count == 3)
        let user = try bench.service.sealer.group(of: name("alice")).tag
        #expect(bench.recorder.take() == ["session over limit action=denied limit=2 sessions=2 user=\(user)"])
        let alice = try Bench.user("alice")
        #expect(try await bench.write("x", session("c"), version: anonymous, as: alice, client) == .tooManyOfUser(2))
        _ = try await bench.write("5", session("a"), version: version, lifetime: 100, as: alice, client).version
        var next = try await bench.read(session("a"), client).version
        next = try await bench.write("5", session("a"), version: next, lifetime: 100, as: alice, client).version
        bench.service.release(client)
        #expect(next == version + 2 && bench.recorder.lines.count == 1, "what is his already is no log-in")
        bench.clock.advance(seconds: 100)
        _ = try await bench.write("6", session("d"), version: 0, as: Bench.user("alice"), client).version
        #expect(try await list("alice", from: "d", in: bench)?.count == 2)
    }

    @Test("beyond the maximum, a report is a report")
    func report() async throws {
        let bench = try await Bench { rules in
            rules.users.maximumSessions = 1
            rules.users.whenFull = .report
        }
        _ = try await bench.make(session("a"), "1", as: "alice")
        _ = try await bench.make(session("b"), "2", as: "alice")
        let user = try bench.service.sealer.group(of: name("alice")).tag
        #expect(bench.recorder.lines.last == "session over limit action=reported limit=1 sessions=2 user=\(user)")
        #expect(try await list("alice", from: "b", in: bench)?.count == 2)
    }

    @Test("of log-ins within one second the last one stays")
    func sameSecond() async throws {
        let bench = try await Bench { $0.users.maximumSessions = 1 }
        let ids = (0..<12).map { "s\($0)" }
        for id in ids {
            _ = try await bench.make(session(id), id, as: "alice")
            #expect(try present(ids, in: bench) == [id])
        }
    }

    @Test("a log-in that began before counts, stored or not")
    func begun() async throws {
        let bench = try await Bench { rules in
            rules.users.maximumSessions = 1
            rules.users.whenFull = .deny
        }
        let address = try bench.service.sealer.address(of: session("a"))
        let group = try bench.service.sealer.group(of: name("alice"))
        bench.service.pendingLogins.begin(address, of: group)
        let alice = try Bench.user("alice")
        #expect(try await bench.write("1", session("b"), version: 0, as: alice, client) == .tooManyOfUser(1))
        bench.service.pendingLogins.end(address, of: group)
        #expect(bench.service.pendingLogins.logins(of: group) == [])
        _ = try await bench.write("1", session("b"), version: 0, as: alice, client).version
    }

    @Test("log-ins at the same time leave as many sessions as there may be", arguments: UserRules.WhenFull.allCases)
    func atTheSameTime(_ whenFull: UserRules.WhenFull) async throws {
        let bench = try await Bench { rules in
            rules.users.maximumSessions = 3
            rules.users.whenFull = whenFull
        }
        let stored = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let write = try await bench.write(
                        "x",
                        Bench.session("s\(number)"),
                        version: 0,
                        as: Bench.user("alice"),
                        SessionClient(pid: Int32(number))
                    )
                    if case .written = write { return true }
                    return false
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        let left = try #require(try await list("alice", from: "s0", in: bench)).count
        #expect(left == (whenFull == .report ? 40 : 3))
        #expect(stored == (whenFull == .deny ? 3 : 40))
        #expect(try bench.members("alice").count == left)
    }

    @Test("a record that does not authenticate is not listed, is removed, and leaves nothing behind")
    func unreadable() async throws {
        let bench = try await Bench()
        for id in ["a", "b"] { _ = try await bench.make(session(id), id, as: "alice") }
        let again = try await bench.restarted()
        let address = try again.service.sealer.address(of: session("a"))
        bench.store.records[address]?.metadata[40] ^= 1
        #expect(try await list("alice", from: "b", in: again)?.map(\.tag) == [tag("b", in: again)])
        #expect(try await end(.all, "alice", from: "b", in: again) == EndedSessions(count: 1, includesOwn: true))
        #expect(bench.store.records.isEmpty)
        bench.clock.advance(seconds: 3000)
        _ = try await again.service.collect()
        #expect(bench.store.entries.isEmpty && bench.store.membershipCount == 0)
    }

    @Test("what replaces a record that does not authenticate is nobody's")
    func replaced() async throws {
        let bench = try await Bench()
        _ = try await bench.make(session("a"), "1", as: "alice")
        let again = try await bench.restarted()
        let address = try again.service.sealer.address(of: session("a"))
        bench.store.records[address]?.metadata[40] ^= 1
        _ = try await again.make(session("a"), "2")
        #expect(try again.members("alice") == [])
        #expect(bench.store.entries.count == 1)
    }

    @Test("what compaction has dropped leaves nothing in the index")
    func compaction() async throws {
        let bench = try await Bench()
        for id in ["a", "b"] { _ = try await bench.make(session(id), id, as: "alice") }
        bench.clock.advance(seconds: 3000)
        bench.store.records = [:]
        let again = try await bench.restarted()
        #expect(try await list("alice", from: "a", in: again) == [])
        #expect(try await end(.all, "alice", from: "a", in: again) == EndedSessions())
        _ = try await again.service.collect()
        try await eventually { bench.store.entries.isEmpty }
        #expect(bench.store.membershipCount == 0)
    }

    @Test("a restart changes nothing, and no name is in the store")
    func restart() async throws {
        let bench = try await Bench()
        for id in ["a", "b"] { _ = try await bench.make(session(id), id, as: "alice-liddell") }
        let again = try await bench.restarted()
        #expect(try await list(nil, from: "a", in: again)?.count == 2)
        #expect(try await end(.others, nil, from: "a", in: again)?.count == 1)
        for record in bench.store.records.values {
            #expect(!String(decoding: record.metadata, as: UTF8.self).contains("liddell"))
        }
    }
}
