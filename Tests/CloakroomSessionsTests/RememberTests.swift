// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import CloakroomTestKit
import Testing

@testable import CloakroomSessions

@Suite("Remember me") struct RememberTests {
    private static let firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    private static let curl = "curl/8.5.0"
    private static let month: UInt64 = 2_592_000

    private let alice: UserName
    private let owner = client()
    private let thief = client("198.51.100.7")

    init() throws { alice = try #require(UserName("alice@example.org".utf8)) }

    private static func client(_ address: String = "192.0.2.1", _ agent: String = firefox) -> SessionClient {
        let client = SessionClient(pid: 1)
        client.claims = ClientClaims(address: Array(address.utf8), agent: Array(agent.utf8))
        return client
    }

    private func issue(_ bench: Bench, to user: UserName? = nil, for client: SessionClient? = nil) async throws
        -> RememberToken
    {
        let outcome = try await bench.service.issueToken(to: user ?? alice, for: client ?? owner)
        guard case .issued(let issued) = outcome else {
            Issue.record("not issued: \(outcome)")
            throw CancellationError()
        }
        return issued.token
    }

    private func next(_ outcome: RedeemOutcome) throws -> IssuedToken {
        guard case .remembered(let user, _, let next) = outcome else {
            Issue.record("not remembered: \(outcome)")
            throw CancellationError()
        }
        #expect(user == alice)
        return next
    }

    private func redeem(_ token: RememberToken, _ bench: Bench, _ client: SessionClient? = nil) throws -> RememberToken
    {
        try next(bench.service.redeem(token, for: client ?? owner)).token
    }

    @Test("each use gives the user and another token, and the time runs from the first")
    func rotation() async throws {
        let bench = try await Bench()
        guard case .issued(let first) = try await bench.service.issueToken(to: alice, for: owner) else { return }
        #expect(first.lifetime == Self.month)
        let start = bench.clock.now()
        var token = first.token
        var seen: Set<RememberToken> = [token]
        for day in 1...29 {
            bench.clock.advance(seconds: 86_400)
            let outcome = try bench.service.redeem(token, for: owner)
            let issued = try next(outcome)
            #expect(outcome == .remembered(alice, since: start, issued))
            #expect(issued.lifetime == Self.month - UInt64(day) * 86_400)
            #expect(issued.token.selector == token.selector)
            token = issued.token
            seen.insert(token)
        }
        #expect(seen.count == 30)
        #expect(bench.store.records.count == 1)
        bench.clock.advance(seconds: 86_399)
        token = try redeem(token, bench)
        bench.clock.advance(seconds: 1)
        #expect(try bench.service.redeem(token, for: owner) == .expired)
    }

    @Test("requests at the same time all get the user, and one of them the token")
    func parallel() async throws {
        let bench = try await Bench()
        let token = try await issue(bench)
        let again = RedeemOutcome.again(alice, since: bench.clock.now())
        let outcomes = try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { try bench.service.redeem(token, for: Self.client()) }
            }
            return try await group.reduce(into: [RedeemOutcome]()) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == again }.count == 7)
        let next = try #require(outcomes.first { $0 != again })
        bench.clock.advance(seconds: 59)
        #expect(try bench.service.redeem(token, for: owner) == again)
        _ = try self.next(bench.service.redeem(try self.next(next).token, for: owner))
    }

    @Test("the thief uses a token first: when the owner comes, it ends for both")
    func thiefFirst() async throws {
        let bench = try await Bench()
        let token = try await issue(bench)
        let stolen = try redeem(token, bench, thief)
        bench.clock.advance(seconds: 60)
        _ = bench.recorder.take()
        #expect(try bench.service.redeem(token, for: owner) == .reused)
        #expect(try bench.service.redeem(stolen, for: thief) == .unknown)
        #expect(try bench.service.redeem(token, for: owner) == .unknown)
        let tag = try bench.service.sealer.group(of: alice).tag
        #expect(bench.recorder.take() == ["session reuse client=192.0.2.1 reason=remember me user=\(tag)"])
        #expect(bench.service.statistics[.reused] == 1)
        #expect(bench.store.records.isEmpty && bench.store.entries.isEmpty && bench.store.membershipCount == 0)
    }

    @Test("the owner uses a token first: when the thief comes, it ends for both")
    func ownerFirst() async throws {
        let bench = try await Bench()
        let token = try await issue(bench)
        let next = try redeem(token, bench)
        bench.clock.advance(seconds: 60)
        #expect(try bench.service.redeem(token, for: thief) == .reused)
        #expect(try bench.service.redeem(next, for: owner) == .unknown)
    }

    @Test("a token from before the last one, and a forged one, end the family also within the grace")
    func olderAndForged() async throws {
        let bench = try await Bench()
        let first = try await issue(bench)
        let third = try redeem(redeem(first, bench), bench)
        #expect(try bench.service.redeem(first, for: thief) == .reused)
        #expect(try bench.service.redeem(third, for: owner) == .unknown)

        let token = try await issue(bench)
        let forged = try #require(RememberToken(Array(token.selector) + [UInt8](repeating: 0, count: 32)))
        #expect(try bench.service.redeem(forged, for: thief) == .reused)
        #expect(try bench.service.redeem(token, for: owner) == .unknown)
    }

    @Test("without a grace the second use is one too many")
    func noGrace() async throws {
        let bench = try await Bench { $0.remembering.grace = 0 }
        let token = try await issue(bench)
        _ = try redeem(token, bench)
        #expect(try bench.service.redeem(token, for: owner) == .reused)
    }

    @Test("a token that nobody was given is unknown")
    func unknown() async throws {
        let bench = try await Bench()
        let token = try #require(RememberToken([UInt8](repeating: 7, count: RememberToken.length)))
        #expect(try bench.service.redeem(token, for: owner) == .unknown)
        #expect(try !bench.service.forget(token, for: owner))
        #expect(bench.recorder.lines == [])
    }

    @Test("it ends when it is forgotten")
    func forgotten() async throws {
        let bench = try await Bench()
        let token = try await issue(bench)
        let other = try await issue(bench)
        #expect(try bench.service.forget(token, for: owner))
        #expect(try !bench.service.forget(token, for: owner))
        #expect(try bench.service.redeem(token, for: owner) == .unknown)
        _ = try redeem(other, bench)
    }

    @Test("what has expired is swept, and what was drawn up for longer than the rules now allow is over")
    func sweep() async throws {
        let bench = try await Bench()
        let token = try await issue(bench)
        bench.clock.advance(seconds: Self.month - 1)
        #expect(try await bench.service.collect() == 0)
        _ = try redeem(token, bench)
        bench.clock.advance(seconds: 61)
        _ = bench.recorder.take()
        #expect(try await bench.service.collect() == 1)
        let tag = try bench.service.sealer.group(of: alice).tag
        #expect(bench.recorder.take() == ["session expired reason=remember me user=\(tag)"])
        #expect(bench.store.records.isEmpty && bench.store.entries.isEmpty && bench.store.membershipCount == 0)
        #expect(bench.service.statistics[.unreadable] == 0)
    }

    @Test("what compaction has dropped is unknown, and its entry goes when it comes due")
    func compacted() async throws {
        let bench = try await Bench(maximumSessions: 1)
        let token = try await issue(bench)
        bench.clock.advance(seconds: Self.month + 60)
        bench.store.records = [:]
        #expect(try bench.service.redeem(token, for: owner) == .unknown)
        _ = try await bench.service.collect()
        #expect(bench.store.entries.isEmpty && bench.store.membershipCount == 0)
        _ = try await issue(bench)
    }

    @Test("a user's session that expires is no token")
    func expiredSession() async throws {
        let bench = try await Bench()
        _ = try await bench.make(Bench.session(), "text", as: "alice@example.org")
        _ = bench.recorder.take()
        bench.clock.advance(seconds: Self.month)
        #expect(try await bench.service.collect() == 1)
        let tag = try bench.service.sealer.group(of: alice).tag
        #expect(bench.recorder.take() == ["session expired user=\(tag)"])
    }

    @Test("stricter rules hold for tokens that there are")
    func stricter() async throws {
        let bench = try await Bench()
        let token = try await issue(bench)
        let strict = try await bench.restarted { $0.remembering.lifetime = 3600 }
        bench.clock.advance(seconds: 3599)
        let issued = try next(strict.service.redeem(token, for: owner))
        #expect(issued.lifetime == 1)
        bench.clock.advance(seconds: 1)
        #expect(try strict.service.redeem(issued.token, for: owner) == .expired)
    }

    @Test("a restart forgets nothing")
    func restart() async throws {
        let bench = try await Bench()
        let first = try await issue(bench)
        let second = try redeem(first, bench)
        let restarted = try await bench.restarted()
        let again = RedeemOutcome.again(alice, since: bench.clock.now())
        bench.clock.advance(seconds: 59)
        #expect(try restarted.service.redeem(first, for: owner) == again)
        let third = try redeem(second, restarted)
        bench.clock.advance(seconds: 60)
        #expect(try restarted.service.redeem(second, for: owner) == .reused)
        #expect(try restarted.service.redeem(third, for: owner) == .unknown)
    }

    @Test(
        "all of a user's tokens end with all, or all others, of his sessions, and nobody else's",
        arguments: [true, false]
    )
    func endAll(all: Bool) async throws {
        let bench = try await Bench()
        let bob = try #require(UserName("bob".utf8))
        var tokens: [RememberToken] = []
        for _ in 0..<70 { tokens.append(try await issue(bench)) }
        let other = try await issue(bench, to: bob)
        let session = try Bench.session()
        _ = try await bench.make(session, "text", as: "alice@example.org")
        #expect(try await bench.service.sessions(ofUser: alice, own: session)?.count == 1, "tokens are no sessions")

        let selection: UserSessionSelection = all ? .all : .others
        // The user is that of the session.
        let ended = try await bench.service.endSessions(selection, ofUser: nil, own: session, for: owner)
        #expect(ended == EndedSessions(count: all ? 1 : 0, includesOwn: all))
        for token in tokens { #expect(try bench.service.redeem(token, for: owner) == .unknown) }
        guard case .remembered(bob, _, _) = try bench.service.redeem(other, for: owner) else {
            Issue.record("another user's token has ended")
            return
        }
        #expect(bench.store.records.count == (all ? 1 : 2))
    }

    @Test("one session that ends takes no token along that is not its own")
    func endOne() async throws {
        let bench = try await Bench()
        let token = try await issue(bench)
        let session = try Bench.session()
        _ = try await bench.make(session, "text", as: "alice@example.org")
        let tag = try bench.service.sealer.address(of: session).sessionTag
        _ = try await bench.service.endSessions(.one(tag), ofUser: nil, own: session, for: owner)
        _ = try redeem(token, bench)
    }

    @Test("it counts as a session, and a full pool takes none")
    func full() async throws {
        let bench = try await Bench(maximumSessions: 1)
        let token = try await issue(bench)
        #expect(try await bench.service.issueToken(to: alice, for: owner) == .poolFull(.sessions(1)))
        let client = SessionClient(pid: 1)
        #expect(try await bench.write("text", Bench.session(), version: 0, client) == .poolFull(.sessions(1)))
        let next = try redeem(token, bench)
        #expect(bench.service.usage == StoreUsage(sessions: 1, kibibytes: 1))
        #expect(try bench.service.forget(next, for: owner))
        _ = try await issue(bench)
    }

    @Test("another browser is refused, and neither ends the token nor takes its place")
    func otherBrowser() async throws {
        let bench = try await Bench { $0.binding = BindingRules() }
        let token = try await issue(bench)
        let stranger = Self.client("192.0.2.1", Self.curl)
        _ = bench.recorder.take()
        #expect(try bench.service.redeem(token, for: stranger) == .otherAgent)
        #expect(try !bench.service.forget(token, for: stranger))
        let denied =
            "session rejected action=denied client=192.0.2.1 reason=agent user=\(try bench.service.sealer.group(of: alice).tag)"
        #expect(bench.recorder.take() == [denied, denied])
        let next = try redeem(token, bench, thief)
        let events = bench.recorder.take()
        #expect(events.count == 2)
        #expect(events.first?.hasPrefix("session rejected action=reported client=198.51.100.7 reason=address ") == true)
        #expect(events.last?.hasPrefix("session remembered action=redeemed client=198.51.100.7 ") == true)
        _ = try redeem(next, bench)
    }

    @Test("another browser ends the token if the rules say so")
    func destroyed() async throws {
        let bench = try await Bench {
            $0.binding = BindingRules()
            $0.binding.address = .destroy
        }
        let token = try await issue(bench)
        #expect(try bench.service.redeem(token, for: thief) == .otherAddress)
        #expect(try bench.service.redeem(token, for: owner) == .unknown)
    }

    @Test("a token that was issued to no browser belongs to the first that comes")
    func bound() async throws {
        let bench = try await Bench { $0.binding = BindingRules() }
        let token = try await issue(bench, for: SessionClient(pid: 1))
        let next = try redeem(token, bench)
        #expect(try bench.service.redeem(next, for: Self.client("192.0.2.1", Self.curl)) == .otherAgent)
    }

    @Test("a record that was altered, or moved, is refused and reported")
    func tampering() async throws {
        let bench = try await Bench()
        let token = try await issue(bench)
        let (address, record) = try #require(bench.store.records.first)
        #expect(record.body == nil)
        for index in record.metadata.indices {
            var metadata = record.metadata
            metadata[index] ^= 0x41
            bench.store.records[address] = StoredRecord(metadata: metadata, body: nil)
            #expect(try bench.service.redeem(token, for: owner) == .unknown, "byte \(index)")
        }
        #expect(bench.service.statistics[.unreadable] == record.metadata.count)
        // Another family's record in its place, and a session's.
        bench.store.records[address] = nil
        let mallory = try #require(UserName("mallory".utf8))
        _ = try await issue(bench, to: mallory)
        bench.store.records[address] = try #require(bench.store.records.first).value
        #expect(try bench.service.redeem(token, for: owner) == .unknown)
        bench.store.records = [:]
        _ = try await bench.make(Bench.session(), "mallory's")
        bench.store.records[address] = try #require(bench.store.records.first).value
        #expect(try bench.service.redeem(token, for: owner) == .unknown)
        bench.store.records[address] = record
        _ = try redeem(token, bench)
    }

    @Test("a session that has a token's record in place of its own is refused")
    func confusion() async throws {
        let bench = try await Bench()
        let session = try Bench.session()
        _ = try await bench.make(session, "text")
        let (address, _) = try #require(bench.store.records.first)
        _ = try await issue(bench)
        let token = try #require(bench.store.records.first { $0.key != address }).value
        bench.store.records[address] = token
        #expect(try await bench.restarted().service.readSnapshot(session) == .absent(.unreadable))
    }

    @Test("what does not authenticate ends with the user's sessions, and its entry when it comes due")
    func damagedEnds() async throws {
        let bench = try await Bench()
        _ = try await issue(bench)
        let (address, record) = try #require(bench.store.records.first)
        var metadata = record.metadata
        metadata[metadata.count - 1] ^= 1
        bench.store.records[address] = StoredRecord(metadata: metadata, body: nil)
        _ = try await bench.service.endSessions(.all, ofUser: alice, own: Bench.session(), for: owner)
        #expect(bench.store.records.isEmpty)
        bench.clock.advance(seconds: Self.month + 60)
        _ = try await bench.service.collect()
        #expect(bench.store.entries.isEmpty && bench.store.membershipCount == 0)
    }

    @Test("a fault of the store leaves the token as it was")
    func fault() async throws {
        let bench = try await Bench()
        let token = try await issue(bench)
        bench.store.fault = StoreError(.inputOutput, "the disk is at fault")
        #expect(throws: StoreError.self) { try bench.service.redeem(token, for: owner) }
        await #expect(throws: StoreError.self) { try await bench.service.issueToken(to: alice, for: owner) }
        bench.store.fault = nil
        _ = try redeem(token, bench)
    }

    @Test("neither tokens nor names are logged or stored")
    func secrecy() async throws {
        let bench = try await Bench { $0.binding = BindingRules() }
        let first = try await issue(bench)
        let second = try redeem(first, bench)
        _ = try bench.service.redeem(first, for: Self.client("192.0.2.1", Self.curl))
        bench.clock.advance(seconds: 60)
        _ = try bench.service.redeem(first, for: owner)
        let third = try await issue(bench)
        let log = bench.recorder.lines.joined(separator: "\n")
        #expect(log.contains("session remembered action=issued") && log.contains("session reuse"))
        let stored = bench.store.records.flatMap { $0.key.bytes + $0.value.metadata }
        for token in [first, second, third] {
            for secret in [Array(token.selector), Array(token.secret)] {
                let hexadecimal = secret.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                #expect(!log.contains(hexadecimal) && !log.contains("\(secret)"))
                #expect(!stored.indices.contains { stored[$0...].starts(with: secret) })
            }
        }
        #expect(!log.contains("alice"))
        #expect(!stored.indices.contains { stored[$0...].starts(with: alice.bytes) })
    }
}
