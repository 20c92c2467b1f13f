// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
import CloakroomCore
import CloakroomSessions
import CloakroomTestKit
import Testing

@Suite("Binding to the browser") struct BindingTests {
    private static let firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    private static let updated = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0"
    private static let curl = "curl/8.5.0"

    private let session: SessionReference

    init() throws { session = try Bench.session() }

    private func client(_ address: String, _ agent: String = firefox, forwardedFor: String = "") -> SessionClient {
        let client = SessionClient(pid: 1)
        client.claims = ClientClaims(
            address: Array(address.utf8),
            agent: Array(agent.utf8),
            forwardedFor: Array(forwardedFor.utf8)
        )
        return client
    }

    private func bench(_ adjust: (inout BindingRules) -> Void = { _ in }) async throws -> Bench {
        try await Bench { rules in
            rules.binding = BindingRules()
            adjust(&rules.binding)
        }
    }

    private func make(by client: SessionClient, in bench: Bench) async throws -> UInt64 {
        try await bench.read(session, client)
        defer { bench.service.release(client) }
        _ = bench.recorder.take()
        return try await bench.write("alice", session, version: 0, client).version
    }

    private func read(_ client: SessionClient, in bench: Bench) async throws -> ReadOutcome {
        defer { bench.service.release(client) }
        return try await bench.service.readLocked(session, for: client, wait: .seconds(1))
    }

    @Test("by default another network is reported, and another browser refused; an update is neither")
    func defaults() async throws {
        let bench = try await bench()
        let version = try await make(by: client("192.0.2.1"), in: bench)
        let alice = ReadOutcome.found(version: version, data: SessionData(Array("alice".utf8)))
        _ = bench.recorder.take()

        #expect(try await read(client("192.0.77.9", Self.updated), in: bench) == alice)
        #expect(bench.recorder.take() == [])
        #expect(try await read(client("198.51.100.7"), in: bench) == alice)
        #expect(bench.recorder.take() == ["session rejected action=reported client=198.51.100.7 reason=address"])
        #expect(try await read(client("192.0.2.1", Self.curl), in: bench) == .absent(.otherAgent))
        #expect(try await read(client("192.0.2.1", ""), in: bench) == .absent(.otherAgent))
        #expect(bench.recorder.take().count == 2)
        #expect(try await read(client("192.0.2.1"), in: bench) == alice, "the owner keeps it")
    }

    @Test("whoever is refused holds no lock, waits for none, and cannot read without it")
    func noLock() async throws {
        let bench = try await bench()
        let owner = client("192.0.2.1")
        _ = try await make(by: owner, in: bench)
        let thief = client("192.0.2.1", Self.curl)
        #expect(try await bench.service.readLocked(session, for: thief, wait: .seconds(1)) == .absent(.otherAgent))
        #expect(!thief.holdsLock)
        #expect(try bench.service.readSnapshot(session, for: thief) == .absent(.otherAgent))
        try await bench.read(session, owner)
        let late = try await bench.service.readLocked(session, for: thief, wait: .seconds(3600))
        #expect(late == .absent(.otherAgent), "answered at once, while the owner has the lock")
    }

    @Test("what is destroyed is gone for both")
    func destroy() async throws {
        let bench = try await bench { $0.agent = .destroy }
        let owner = client("192.0.2.1")
        let version = try await make(by: owner, in: bench)
        try await bench.read(session, owner)
        #expect(try bench.service.readSnapshot(session, for: client("192.0.2.1", Self.curl)) == .absent(.otherAgent))
        #expect(bench.recorder.lines.last == "session rejected action=destroyed client=192.0.2.1 reason=agent")
        #expect(try await bench.write("late", session, version: version, owner) == .gone)
        #expect(try await read(owner, in: bench) == .absent(.unknown))
        #expect(bench.store.records.isEmpty && bench.store.entries.isEmpty)
    }

    @Test("off looks at nothing, exact at every byte")
    func policies() async throws {
        let off = try await bench { rules in
            rules.address = .off
            rules.agent = .off
        }
        let version = try await make(by: client("192.0.2.1"), in: off)
        #expect(try await off.read(session, client("2001:db8::1", Self.curl)).version == version)
        #expect(off.recorder.lines.filter { $0.contains("rejected") } == [])

        let exact = try await bench { $0.agentMatch = .exact }
        _ = try await make(by: client("192.0.2.1"), in: exact)
        #expect(try await read(client("192.0.2.1", Self.updated), in: exact) == .absent(.otherAgent))
    }

    @Test(
        "a network is as large as the rules say",
        arguments: [
            ("192.0.2.1", 24, 48, "192.0.2.200", true), ("192.0.2.1", 24, 48, "192.0.3.1", false),
            ("2001:db8:1::1", 16, 48, "2001:db8:1:ff::9", true), ("2001:db8:1::1", 16, 48, "2001:db8:2::1", false),
            ("2001:db8:1::1", 16, 32, "2001:db8:2::1", true), ("192.0.2.1", 8, 32, "2001:db8::1", false),
            ("::ffff:192.0.2.1", 32, 128, "192.0.2.1", true), ("192.0.2.1", 32, 128, "192.0.2.2", false),
        ]
    )
    func networks(_ owner: String, _ bitsOfIPv4: Int, _ bitsOfIPv6: Int, _ visitor: String, _ isSame: Bool) async throws
    {
        let bench = try await bench { rules in
            rules.address = .deny
            rules.bitsOfIPv4 = bitsOfIPv4
            rules.bitsOfIPv6 = bitsOfIPv6
        }
        _ = try await make(by: client(owner), in: bench)
        let outcome = try await read(client(visitor), in: bench)
        #expect((outcome == .absent(.otherAddress)) == !isSame)
    }

    @Test("a header is believed from trusted proxies only")
    func proxies() async throws {
        let bench = try await bench { rules in
            rules.address = .deny
            rules.trustedProxies = [AddressPrefix("10.0.0.0/8")].compactMap(\.self)
        }
        _ = try await make(by: client("10.0.0.1", forwardedFor: "198.51.100.66, 192.0.2.1"), in: bench)
        #expect(try await read(client("192.0.2.9"), in: bench) != .absent(.otherAddress))
        #expect(try await read(client("10.0.0.2", forwardedFor: "192.0.2.5"), in: bench) != .absent(.otherAddress))
        let forged = client("203.0.113.5", forwardedFor: "192.0.2.1")
        #expect(try await read(forged, in: bench) == .absent(.otherAddress))
    }

    @Test("a session under a new id belongs to the same browser, and scripts are nobody's browser")
    func inherited() async throws {
        let bench = try await bench()
        let owner = client("192.0.2.1")
        _ = try await make(by: owner, in: bench)
        let new = try Bench.session("new")
        let later = client("192.0.2.77", Self.updated)
        let read = SessionRead(session: new, previous: session)
        _ = try await bench.service.readLocked(read, for: later, wait: .seconds(1))
        _ = try await bench.write("alice", new, version: 0, later)
        bench.service.release(later)
        #expect(bench.recorder.lines.last == "session regenerated client=192.0.2.77")
        let thief = client("192.0.2.1", Self.curl)
        #expect(try bench.service.readSnapshot(new, for: thief) == .absent(.otherAgent))
        #expect(try bench.service.readSnapshot(new) != .absent(.otherAgent), "a script of the command line")
    }

    @Test("another browser cannot put an id of its own in the place of a session's")
    func takenAway() async throws {
        let bench = try await bench()
        let owner = client("192.0.2.1")
        let version = try await make(by: owner, in: bench)
        let thief = client("192.0.2.1", Self.curl)
        let read = SessionRead(session: try Bench.session("new"), previous: session)
        _ = try await bench.service.readLocked(read, for: thief, wait: .seconds(1))
        _ = try await bench.write("mine", read.session, version: 0, thief)
        bench.service.release(thief)
        bench.clock.advance(seconds: 61)
        #expect(try await bench.read(session, owner).version == version)
    }
}
