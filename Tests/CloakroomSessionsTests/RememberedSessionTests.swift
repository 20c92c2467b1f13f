// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import CloakroomTestKit
import Testing

@testable import CloakroomSessions

@Suite("A session and the tokens that go with it") struct RememberedSessionTests {
    private static let alice = "alice@example.org"
    private let first: SessionReference
    private let second: SessionReference

    init() throws {
        first = try Bench.session("first")
        second = try Bench.session("second")
    }

    /// A device on which a user has logged in, and is to be remembered: what it has, and the client that has served it.
    private struct Device {
        let client: SessionClient
        let token: RememberToken
        let version: UInt64
    }

    private func issue(_ service: SessionService, to user: String = alice, _ client: SessionClient) async throws
        -> RememberToken
    {
        let outcome = try await service.issueToken(to: #require(UserName(user.utf8)), for: client)
        guard case .issued(let issued) = outcome else {
            Issue.record("not issued: \(outcome)")
            throw CancellationError()
        }
        return issued.token
    }

    /// What a page does that logs a user in: the token is issued before the session is written as his.
    private func logIn(_ session: SessionReference, _ bench: Bench, as user: String = alice) async throws -> Device {
        let client = SessionClient(pid: 1)
        try await bench.read(session, client)
        let token = try await issue(bench.service, to: user, client)
        let version = try await bench.write("text", session, version: 0, as: Bench.user(user), client).version
        bench.service.release(client)
        return Device(client: client, token: token, version: version)
    }

    /// What a page does that knows a user again.
    private func comeBack(
        _ session: SessionReference,
        _ bench: Bench,
        by token: RememberToken,
        as user: String = alice
    ) async throws -> RememberToken? {
        let client = SessionClient(pid: 1)
        try await bench.read(session, client)
        let outcome = try bench.service.redeem(token, for: client)
        _ = try await bench.write("text", session, version: 0, as: Bench.user(user), client)
        bench.service.release(client)
        switch outcome {
        case .remembered(_, _, let next): return next.token
        case .again: return nil
        default:
            Issue.record("not remembered: \(outcome)")
            return nil
        }
    }

    private func isGood(_ token: RememberToken, _ bench: Bench) throws -> Bool {
        switch try bench.service.redeem(token, for: SessionClient(pid: 2)) {
        case .remembered, .again: return true
        case .unknown: return false
        case let outcome:
            Issue.record("\(outcome)")
            return false
        }
    }

    private func end(_ session: SessionReference, _ bench: Bench, from own: SessionReference) async throws -> Int? {
        let tag = try bench.service.sealer.address(of: session).sessionTag
        let client = SessionClient(pid: 3)
        return try await bench.service.endSessions(.one(tag), ofUser: nil, own: own, for: client)?.count
    }

    private func destroy(_ session: SessionReference, _ bench: Bench) throws -> Bool {
        try bench.service.destroy(session, for: SessionClient(pid: 3))
    }

    /// What PHP does in session_regenerate_id().
    private func replace(_ old: SessionReference, by new: SessionReference, atOnce: Bool, _ bench: Bench) async throws {
        let client = SessionClient(pid: 1)
        if atOnce { #expect(try bench.service.retire(old, for: client)) }
        let read = SessionRead(session: new, previous: old)
        #expect(try await bench.service.readLocked(read, for: client, wait: .seconds(1)) == .absent(.unknown))
        #expect(try await bench.write("text", new, version: 0, client).version > 0)
        bench.service.release(client)
    }

    // MARK: What ends them

    @Test("a device that is logged out from another one is remembered no more, and the other one is")
    func endOne() async throws {
        let bench = try await Bench()
        try await bench.service.records.usage.prepare()
        let (here, there) = (try await logIn(first, bench), try await logIn(second, bench))
        let bob = try await logIn(Bench.session("bob"), bench, as: "bob")
        _ = bench.recorder.take()
        #expect(try await end(second, bench, from: first) == 1)
        let tag = try bench.service.sealer.group(of: #require(UserName(Self.alice.utf8))).tag
        let lines = bench.recorder.take()
        #expect(lines == ["session remembered action=ended user=\(tag)", "session destroyed user=\(tag)"])
        #expect(try !isGood(there.token, bench))
        #expect(try isGood(here.token, bench) && isGood(bob.token, bench))
        // Two sessions and two families of tokens, without a trace of the others.
        #expect(bench.store.records.count == 4 && bench.store.entries.count == 4 && bench.store.membershipCount == 4)
        #expect(bench.service.usage?.sessions == 4)
    }

    @Test("an application that destroys the session at a log-out forgets the device")
    func logOut() async throws {
        let bench = try await Bench()
        let (device, other) = (try await logIn(first, bench), try await logIn(second, bench))
        #expect(try destroy(first, bench))
        #expect(try !isGood(device.token, bench))
        #expect(try isGood(other.token, bench))
        #expect(try !destroy(first, bench))
    }

    @Test("so does a session that a token has begun, also of a request that came with it at the same time")
    func redeemed() async throws {
        for isAgain in [false, true] {
            let bench = try await Bench()
            let token = try await issue(bench.service, SessionClient(pid: 1))
            let next = try #require(try await comeBack(first, bench, by: token))
            if isAgain { #expect(try await comeBack(second, bench, by: token) == nil) }
            #expect(try destroy(isAgain ? second : first, bench))
            #expect(try !isGood(next, bench), "again: \(isAgain)")
        }
    }

    @Test("the use of an old id ends the tokens of its lineage, if the rules say so", arguments: [true, false])
    func reuse(isEnd: Bool) async throws {
        let bench = try await Bench { $0.reuseEndsLineage = isEnd }
        let device = try await logIn(first, bench)
        try await replace(first, by: second, atOnce: false, bench)
        bench.clock.advance(seconds: 60)
        #expect(try bench.service.readSnapshot(first) == .absent(.replaced))
        #expect(try isGood(device.token, bench) != isEnd)
    }

    @Test("the use of an old id ends also tokens that only a later session has, or whose session is over")
    func reuseOfLater() async throws {
        let bench = try await Bench { $0.reuseEndsLineage = true }
        _ = try await bench.make(first, "text", as: Self.alice)
        try await replace(first, by: second, atOnce: false, bench)
        let client = SessionClient(pid: 1)
        try await bench.read(second, client)
        let token = try await issue(bench.service, client)
        bench.service.release(client)
        bench.clock.advance(seconds: 60)
        #expect(try bench.service.readSnapshot(first) == .absent(.replaced))
        #expect(try !isGood(token, bench))

        let device = try await logIn(Bench.session("third"), bench)
        try await replace(Bench.session("third"), by: Bench.session("fourth"), atOnce: false, bench)
        #expect(try bench.service.remove(bench.service.sealer.address(of: Bench.session("fourth"))) != nil)
        bench.clock.advance(seconds: 60)
        #expect(try bench.service.readSnapshot(Bench.session("third")) == .absent(.replaced))
        #expect(try !isGood(device.token, bench))
    }

    // MARK: What does not

    @Test("a session that was not used, or grows too old, leaves them")
    func expiry() async throws {
        let bench = try await Bench { $0.lifetimes.absolute = .limited(3000) }
        let device = try await logIn(first, bench)
        bench.clock.advance(seconds: 1441)
        #expect(try bench.service.readSnapshot(first) == .absent(.expired))
        bench.clock.advance(seconds: 1000)
        #expect(try await bench.service.collect() == 1)
        let next = try #require(try await comeBack(second, bench, by: device.token))
        for _ in 0..<3 {
            bench.clock.advance(seconds: 1001)
            try bench.service.touch(second, version: 0, lifetime: 1440, for: SessionClient(pid: 1))
        }
        _ = try await bench.service.collect()
        #expect(bench.store.records.count == 1)
        #expect(try isGood(next, bench))
    }

    @Test("a new id takes them along, and neither way of changing it ends them", arguments: [true, false])
    func regeneration(atOnce: Bool) async throws {
        let bench = try await Bench()
        let device = try await logIn(first, bench)
        try await replace(first, by: second, atOnce: atOnce, bench)
        try await replace(second, by: Bench.session("third"), atOnce: atOnce, bench)
        #expect(try isGood(device.token, bench))
        bench.clock.advance(seconds: 61)
        #expect(try destroy(Bench.session("third"), bench))
        guard case .unknown = try bench.service.redeem(device.token, for: SessionClient(pid: 2)) else {
            Issue.record("the token is still there")
            return
        }
    }

    @Test("a session that is one too many leaves them")
    func tooMany() async throws {
        let bench = try await Bench { $0.users.maximumSessions = 1 }
        let device = try await logIn(first, bench)
        bench.clock.advance(seconds: 1)
        _ = try await logIn(second, bench)
        #expect(try bench.service.readSnapshot(first) == .absent(.unknown))
        #expect(try isGood(device.token, bench))
    }

    @Test("another browser that has the session ended leaves them to their own rules")
    func binding() async throws {
        let bench = try await Bench {
            $0.binding = BindingRules()
            $0.binding.agent = .destroy
        }
        let owner = SessionClient(pid: 1)
        owner.claims = ClientClaims(address: Array("192.0.2.1".utf8), agent: Array("Firefox/140.0".utf8))
        try await bench.read(first, owner)
        let token = try await issue(bench.service, owner)
        _ = try await bench.write("text", first, version: 0, as: Bench.user(Self.alice), owner)
        bench.service.release(owner)
        let thief = SessionClient(pid: 2)
        thief.claims = ClientClaims(address: Array("192.0.2.1".utf8), agent: Array("curl/8.5.0".utf8))
        #expect(try bench.service.readSnapshot(first, for: thief) == .absent(.otherAgent))
        #expect(try bench.service.readSnapshot(first, for: owner) == .absent(.unknown))
        guard case .remembered = try bench.service.redeem(token, for: owner) else {
            Issue.record("not remembered")
            return
        }
    }

    // MARK: Whose they are

    @Test("tokens of another user are not linked")
    func anotherUser() async throws {
        let bench = try await Bench()
        let token = try await issue(bench.service, SessionClient(pid: 1))
        let next = try #require(try await comeBack(first, bench, by: token, as: "bob"))
        #expect(try destroy(first, bench))
        #expect(try isGood(next, bench))
    }

    @Test("a session of nobody is not linked, and one that has become another user's ends nothing of the one before")
    func changingUser() async throws {
        let bench = try await Bench()
        let client = SessionClient(pid: 1)
        try await bench.read(first, client)
        let loose = try await issue(bench.service, client)
        _ = try await bench.write("text", first, version: 0, client)
        #expect(try destroy(first, bench))
        #expect(try isGood(loose, bench))

        for (user, isKept) in [(try Bench.user("bob"), true), (.nobody, false)] {
            let device = try await logIn(second, bench)
            let write = try await bench.write(
                "text",
                second,
                version: device.version,
                as: user,
                SessionClient(pid: 1)
            )
            #expect(write.version > 0)
            #expect(try destroy(second, bench))
            #expect(try isGood(device.token, bench) == isKept, "\(user)")
        }
    }

    // MARK: How they are linked

    @Test(
        "a session that is its user's already is linked at once, whether it is open or not, and is otherwise as it was",
        arguments: [true, false]
    )
    func atOnce(isOpen: Bool) async throws {
        let bench = try await Bench()
        let version = try await bench.make(first, "text", as: Self.alice)
        let client = SessionClient(pid: 1)
        try await bench.read(first, client)
        if !isOpen { bench.service.release(client) }
        bench.clock.advance(seconds: 700)
        let token = try await issue(bench.service, client)
        // All that a page does that changes nothing in its session.
        try bench.service.touch(first, version: version, lifetime: 1440, for: client)
        bench.service.release(client)
        bench.clock.advance(seconds: 1400)
        let restarted = try await bench.restarted()
        let (found, text) = try await restarted.read(first, client)
        #expect(found == version && text == "text")
        #expect(try await restarted.write("more", first, version: version, client).version == version + 1)
        restarted.service.release(client)
        #expect(try await end(first, restarted, from: second) == nil, "the second is nobody's")
        #expect(try await end(first, restarted, from: first) == 1)
        #expect(try !isGood(token, restarted))
    }

    @Test("a session that is its user's already is linked when it is touched, if the tokens came before it was read")
    func touched() async throws {
        let bench = try await Bench()
        let version = try await bench.make(first, "text", as: Self.alice)
        for isLocking in [true, false] {
            let client = SessionClient(pid: 1)
            let token = try await issue(bench.service, client)
            if isLocking { try await bench.read(first, client) } else { _ = try bench.service.readSnapshot(first) }
            try bench.service.touch(first, version: version, lifetime: 1440, for: client)
            bench.service.release(client)
            let address = try bench.service.sealer.address(of: token)
            let restarted = try await bench.restarted()
            let metadata = try restarted.service.records.metadata(at: restarted.service.sealer.address(of: first))
            #expect(metadata?.metadata.tokenFamily == address, "with the lock: \(isLocking)")
        }
    }

    @Test("another request that has the session meanwhile writes it, and the link stays")
    func heldByAnother() async throws {
        let bench = try await Bench()
        let version = try await bench.make(first, "text", as: Self.alice)
        let (client, other) = (SessionClient(pid: 1), SessionClient(pid: 2))
        try await bench.read(first, client)
        bench.service.release(client)
        try await bench.read(first, other)
        let token = try await issue(bench.service, client)
        #expect(try await bench.write("more", first, version: version, other).version == version + 1)
        bench.service.release(other)
        #expect(try destroy(first, bench))
        #expect(try !isGood(token, bench))
    }

    @Test("what the next request of a connection does has nothing to do with the tokens of the one before")
    func nextRequest() async throws {
        let bench = try await Bench()
        let device = try await logIn(first, bench)
        let client = device.client
        client.claims = .none
        try await bench.read(second, client)
        _ = try await bench.write("text", second, version: 0, as: Bench.user(Self.alice), client)
        bench.service.release(client)
        // Nor is the session of the one before linked by it.
        client.claims = .none
        let token = try await issue(bench.service, client)
        #expect(try destroy(second, bench))
        #expect(try isGood(device.token, bench) && isGood(token, bench))
        #expect(try destroy(first, bench))
        #expect(try !isGood(device.token, bench) && isGood(token, bench))
    }

    @Test("the tokens that a browser got last are the ones that count, and those that were forgotten do not")
    func issuedAnew() async throws {
        let bench = try await Bench()
        let device = try await logIn(first, bench)
        let client = SessionClient(pid: 1)
        try await bench.read(first, client)
        #expect(try bench.service.forget(device.token, for: client))
        let token = try await issue(bench.service, client)
        bench.service.release(client)
        #expect(try destroy(first, bench))
        #expect(try !isGood(token, bench))

        let other = SessionClient(pid: 1)
        let forgotten = try await issue(bench.service, other)
        #expect(try bench.service.forget(forgotten, for: other))
        try await bench.read(second, other)
        _ = try await bench.write("text", second, version: 0, as: Bench.user(Self.alice), other)
        bench.service.release(other)
        #expect(
            try bench.service.records.metadata(at: bench.service.sealer.address(of: second))?.metadata.tokenFamily
                == nil
        )
    }

    @Test("log-ins, log-outs and returns at the same time wait for each other, and leave nothing behind")
    func atTheSameTime() async throws {
        let bench = try await Bench { $0.reuseEndsLineage = true }
        try await bench.service.records.usage.prepare()
        let user = try Bench.user(Self.alice)
        try await withThrowingTaskGroup { group in
            for worker in 0..<8 {
                group.addTask {
                    let client = SessionClient(pid: Int32(worker))
                    for round in 0..<40 {
                        client.claims = .none
                        let session = try Bench.session("shared\(round % 3)")
                        let (version, _) = try await bench.read(session, client)
                        let token = try await issue(bench.service, client)
                        _ = try await bench.service.write(
                            SessionWrite(
                                session: session,
                                version: version,
                                token: .random(in: 1...(.max)),
                                lifetime: 1440,
                                data: SessionData([1]),
                                identification: user
                            ),
                            for: client
                        )
                        bench.service.release(client)
                        _ = try bench.service.redeem(token, for: client)
                        switch (worker + round) % 3 {
                        case 0: _ = try bench.service.destroy(session, for: client)
                        case 1: _ = try await end(session, bench, from: session)
                        default: _ = try bench.service.touch(session, version: version, lifetime: 1440, for: client)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(bench.store.records.count == bench.store.entries.count)
        #expect(bench.store.records.count == bench.store.membershipCount)
        #expect(bench.service.usage?.sessions == UInt64(bench.store.records.count))
        let name = try #require(UserName(Self.alice.utf8))
        _ = try await bench.service.endSessions(.all, ofUser: name, own: first, for: SessionClient(pid: 1))
        #expect(bench.store.records.isEmpty && bench.store.entries.isEmpty && bench.store.membershipCount == 0)
        #expect(bench.service.statistics[.unreadable] == 0)
    }

    // MARK: Faults

    @Test("tokens that are over, or do not authenticate, do not keep a session from being ended")
    func damaged() async throws {
        let bench = try await Bench()
        let device = try await logIn(first, bench)
        #expect(try bench.service.forget(device.token, for: SessionClient(pid: 1)))
        #expect(try destroy(first, bench))

        let other = try await logIn(second, bench)
        let address = try bench.service.sealer.address(of: other.token)
        var record = try #require(bench.store.records[address])
        record.metadata[40] ^= 1
        bench.store.records[address] = record
        #expect(try destroy(second, bench))
        #expect(try bench.service.readSnapshot(second) == .absent(.unknown))
    }

    @Test("a fault of the store leaves both, so that the log-out can be tried again")
    func fault() async throws {
        let bench = try await Bench()
        let device = try await logIn(first, bench)
        bench.store.fault = StoreError(.inputOutput, "the disk is at fault")
        #expect(throws: StoreError.self) { try destroy(first, bench) }
        bench.store.fault = nil
        #expect(try bench.service.readSnapshot(first) != .absent(.unknown))
        #expect(try destroy(first, bench))
        #expect(try !isGood(device.token, bench))
    }

    @Test("a new master key seals the link anew", arguments: RotationBench.Engine.allCases)
    func rotation(_ engine: RotationBench.Engine) async throws {
        let (old, new) = (try RotationBench.makeKey(), try RotationBench.makeKey())
        let bench = try RotationBench([old], engine)
        let client = SessionClient(pid: 1)
        _ = try await bench.service.readLocked(first, for: client, wait: .seconds(1))
        let token = try await issue(bench.service, client)
        let write = SessionWrite(
            session: first,
            version: 0,
            token: 1,
            lifetime: 1440,
            data: SessionData([1]),
            identification: try Bench.user(Self.alice)
        )
        #expect(try await bench.service.write(write, for: client).version > 0)
        bench.service.release(client)
        _ = try bench.service.take(Keyring([new, old]))
        #expect(try await bench.rotate() == .complete(resealed: 2))
        let alone = try bench.restarted([new])
        defer { alone.close() }
        #expect(try alone.service.destroy(first, for: SessionClient(pid: 2)))
        #expect(try alone.service.redeem(token, for: SessionClient(pid: 2)) == .unknown)
    }
}
