// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import CloakroomTestKit
import Testing

@testable import CloakroomSessions

@Suite("Lists of sessions and users") struct ListingTests {
    private static let firefox =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"

    @Test("come in the order of their tags, without tokens")
    func order() async throws {
        let bench = try await AdministrationBench()
        var tags: [SessionTag] = []
        for number in 0..<200 { tags.append(try await bench.make("session\(number)")) }
        _ = try await bench.issueToken("alice")
        #expect(try await bench.list() == tags.sorted { $0.bits < $1.bits })
    }

    @Test("select by user, through the user's group")
    func user() async throws {
        let bench = try await AdministrationBench()
        let tags = [try await bench.make("a", as: "alice"), try await bench.make("b", as: "alice")]
        try await bench.make("c", as: "bob")
        try await bench.make("d")
        _ = try await bench.issueToken("alice")
        let name = try AdministrationBench.name("alice")
        #expect(Set(try await bench.list { $0.user = name }) == Set(tags))
        let nobody = try AdministrationBench.name("nobody")
        #expect(try await bench.list { $0.user = nobody } == [])
    }

    @Test("select by age and idle time, of which touches that are not stored yet count")
    func times() async throws {
        let bench = try await AdministrationBench()
        let old = try await bench.make("old")
        bench.bench.clock.advance(seconds: 100)
        let new = try await bench.make("new")
        bench.bench.clock.advance(seconds: 1)
        let client = SessionClient(pid: 1)
        let version = try await bench.bench.read(Bench.session("old"), client).version
        try bench.service.touch(Bench.session("old"), version: version, lifetime: 1440, for: client)
        bench.service.release(client)
        #expect(try await bench.list { $0.age = 101 } == [old])
        #expect(try await bench.list { $0.age = 102 } == [])
        #expect(try await bench.list { $0.idle = 1 } == [new])
        let seen = try #require(try await bench.overviews { $0.age = 101 }.first)
        #expect((seen.age, seen.idle, seen.endsIn, seen.size) == (101, 0, 1440, 4))
    }

    @Test("select by network, in both directions, and by browser")
    func browsers() async throws {
        let bench = try await AdministrationBench { $0.binding = BindingRules() }
        let four = try await bench.make("a", from: .browser("192.0.2.7", Self.firefox))
        let six = try await bench.make("b", from: .browser("2001:db8:1::7", "curl/8.1"))
        try await bench.make("c")
        for (text, tags) in [
            ("192.0.2.7", [four]), ("192.0.0.0/8", [four]), ("192.0.0.0/16", [four]), ("192.0.99.0/24", [four]),
            ("192.1.0.0/16", []), ("2001:db8::/32", [six]), ("2001:db8:1:5::/64", [six]), ("2001:db9::/32", []),
            ("0.0.0.0/0", [four]), ("::/0", [six]),
        ] {
            let network = try #require(AddressPrefix(text))
            #expect(try await bench.list { $0.network = network } == tags, "\(text)")
        }
        #expect(try await bench.list { $0.browser = "fireFOX on win" } == [four])
        #expect(try await bench.list { $0.browser = "lynx" } == [])
    }

    @Test("tell live sessions from replaced and expired ones")
    func states() async throws {
        let bench = try await AdministrationBench { $0.lifetimes.remembered = 10_000 }
        let live = try await bench.make("live", lifetime: 5000)
        let replaced = try await bench.make("replaced", lifetime: 5000)
        let expired = try await bench.make("expired", lifetime: 10)
        #expect(try bench.service.retire(Bench.session("replaced"), for: SessionClient(pid: 1)))
        bench.bench.clock.advance(seconds: 20)
        for (state, tag) in [(SessionState.live, live), (.replaced, replaced), (.expired, expired)] {
            #expect(try await bench.list { $0.state = state } == [tag])
        }
        #expect(try await bench.list().count == 3)
        #expect(try await bench.overviews { $0.state = .expired }.first?.endsIn == nil)
    }

    @Test("count what does not open, and show the rest")
    func unreadable() async throws {
        let bench = try await AdministrationBench()
        try await bench.make("a")
        let whole = try await bench.make("b")
        let address = try bench.address("a")
        bench.store.records[address]?.metadata[40] ^= 1
        let restarted = try await bench.bench.restarted()
        var tags: [SessionTag] = []
        let unreadable = try await restarted.service.list(SessionFilter(), pause: { _ in }) { session in
            tags.append(session.tag)
            return true
        }
        #expect(unreadable == 1)
        #expect(tags == [whole])
        #expect(restarted.service.statistics[.unreadable] == 0, "nobody has asked for it")
    }

    @Test("end when there is enough, and by what the pause throws")
    func ends() async throws {
        let bench = try await AdministrationBench()
        for number in 0..<(2 * WalkPace.batch) { try await bench.make("session\(number)", as: "alice") }
        var seen = 0
        _ = try await bench.service.list(SessionFilter(), pause: { _ in }) { _ in
            seen += 1
            return seen < 5
        }
        #expect(seen == 5)
        for user in [nil, try AdministrationBench.name("alice")] {
            var filter = SessionFilter()
            filter.user = user
            seen = 0
            await #expect(throws: AdministrationBench.Failure.self) {
                _ = try await bench.service.list(filter, pause: { _ in throw AdministrationBench.Failure() }) { _ in
                    seen += 1
                    return true
                }
            }
            #expect(seen == WalkPace.batch)
        }
    }

    @Test("users are those with sessions that can be used")
    func users() async throws {
        let bench = try await AdministrationBench { $0.lifetimes.remembered = 10_000 }
        for number in 0..<100 { try await bench.make("a\(number)", as: "alice") }
        try await bench.make("b", as: "bob")
        try await bench.make("c", as: "carol", lifetime: 1)
        try await bench.make("d")
        _ = try await bench.issueToken("dave")
        bench.bench.clock.advance(seconds: 60)
        #expect(try await bench.users() == ["alice": 100, "bob": 1])
        #expect(try await bench.users(2) == ["alice": 100])
    }

    @Test("a tag shows the session, its lock and its tokens")
    func details() async throws {
        let bench = try await AdministrationBench()
        let tag = try await bench.make("a", as: "alice")
        let session = try Bench.session("a")
        let holder = SessionClient(pid: 7)
        _ = try await bench.bench.read(session, holder)
        let token = try await bench.issueToken("alice", to: holder)
        let details = try #require(try bench.service.details(of: tag).first)
        guard case .session(let shown) = details.kind else {
            Issue.record("\(details.kind)")
            return
        }
        #expect(shown.hasTokens)
        #expect(shown.overview.user == (try AdministrationBench.name("alice")))
        #expect(details.lock?.holder.client.pid == 7)
        #expect(details.key == bench.service.keyIDs.first)
        let family = try bench.service.sealer.address(of: token).sessionTag
        guard case .tokens = try #require(try bench.service.details(of: family).first).kind else {
            Issue.record("no tokens")
            return
        }
        bench.service.release(holder)
        #expect(try bench.service.details(of: SessionTag(bits: tag.bits ^ 1)).isEmpty)
    }

    @Test("a tag shows a session that nobody has stored yet, and one that does not open")
    func otherDetails() async throws {
        let bench = try await AdministrationBench()
        let holder = SessionClient(pid: 7)
        _ = try await bench.bench.read(Bench.session("new"), holder)
        let new = try bench.address("new").sessionTag
        guard case .unwritten = try #require(try bench.service.details(of: new).first).kind else {
            Issue.record("it is not stored")
            return
        }
        let tag = try await bench.make("a")
        bench.store.records[try bench.address("a")]?.metadata[40] ^= 1
        let restarted = try await bench.bench.restarted()
        guard case .unreadable(.notAuthentic) = try #require(try restarted.service.details(of: tag).first).kind else {
            Issue.record("it does not open")
            return
        }
    }
}
