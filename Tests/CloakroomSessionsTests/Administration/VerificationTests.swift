// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomCrypto
import CloakroomStore
import CloakroomTestKit
import Testing

@testable import CloakroomSessions

@Suite("Verification", .timeLimit(.minutes(10))) struct VerificationTests {
    private let bench: AdministrationBench

    init() async throws {
        bench = try await AdministrationBench()
        for number in 0..<20 { try await bench.make("s\(number)", as: number < 10 ? "alice" : nil) }
        _ = try await bench.issueToken("alice")
    }

    private func verify() async throws -> (VerificationSummary, [VerificationFinding]) {
        // What is in the store counts, whatever is in memory.
        let restarted = try await bench.bench.restarted()
        let findings = Locked<[VerificationFinding]>([])
        let summary = try await restarted.service.verify(
            pause: { _ in },
            found: { finding in findings.withLock { $0.append(finding) } }
        )
        return (summary, findings.withLock { $0 })
    }

    private func expect(_ reasons: String..., at id: String) async throws {
        let (summary, findings) = try await verify()
        let tag = try bench.address(id).sessionTag
        #expect(findings.map(\.reason) == reasons)
        #expect(findings.allSatisfy { $0.tag == tag })
        #expect(summary.findings == reasons.count)
    }

    private func entry(of id: String) throws -> ExpiryEntry {
        let address = try bench.address(id)
        return try #require(bench.store.entries.first { $0.address == address })
    }

    @Test("finds nothing in a store that is whole, and counts it")
    func whole() async throws {
        let (summary, findings) = try await verify()
        #expect(findings.isEmpty)
        #expect((summary.sessions, summary.tokens, summary.bodies) == (20, 1, 20))
        #expect((summary.entries, summary.memberships) == (21, 11))
    }

    @Test("finds metadata that do not authenticate, and does not blame the rest of the record")
    func metadata() async throws {
        bench.store.records[try bench.address("s3")]?.metadata[60] ^= 1
        try await expect("metadata: not authentic", at: "s3")
    }

    @Test("finds records that were exchanged")
    func exchanged() async throws {
        let (left, right) = (try bench.address("s3"), try bench.address("s4"))
        let record = bench.store.records[left]
        bench.store.records[left] = bench.store.records[right]
        bench.store.records[right] = record
        let (_, findings) = try await verify()
        #expect(findings.map(\.reason) == ["metadata: not authentic", "metadata: not authentic"])
    }

    @Test("finds a body that is missing")
    func missingBody() async throws {
        bench.store.records[try bench.address("s3")]?.body = nil
        try await expect("body missing", at: "s3")
    }

    @Test("finds a body that does not fit its metadata")
    func otherBody() async throws {
        bench.store.records[try bench.address("s3")]?.body?[5] ^= 1
        try await expect("body: its header does not fit the metadata", at: "s3")
        bench.store.records[try bench.address("s3")]?.body?[5] ^= 1
        bench.store.records[try bench.address("s3")]?.body?.removeLast()
        try await expect("body: 40 bytes instead of 41", at: "s3")
        bench.store.records[try bench.address("s3")]?.body = [9]
        try await expect("body: unknown format", at: "s3")
    }

    @Test("finds a body without metadata")
    func loneBody() async throws {
        let entry = try entry(of: "s13")
        bench.store.dropMetadata(at: entry.address)
        let (_, findings) = try await verify()
        #expect(
            findings.map(\.reason) == ["an expiry entry that is not its record's", "a body without metadata"]
        )
    }

    @Test("finds nothing wrong with a session that is over and whose metadata compaction has dropped")
    func compacted() async throws {
        bench.bench.clock.advance(seconds: 1600)
        bench.store.dropMetadata(at: try bench.address("s3"))
        bench.store.dropMetadata(at: try bench.address("s13"))
        // The other half: the body has gone first.
        bench.store.records[try bench.address("s4")]?.body = nil
        let (summary, findings) = try await verify()
        #expect(findings.isEmpty, "\(findings)")
        #expect(summary.sessions == 18)
    }

    @Test("finds an expiry entry that is missing, and one too many")
    func entries() async throws {
        let entry = try entry(of: "s13")
        bench.store.damageEntry(of: entry.address, under: entry.slot)
        try await expect("no expiry entry", at: "s13")
        bench.store.addEntry(entry)
        let stray = ExpirySlot(UnixTime(seconds: entry.slot.time.seconds + 600))
        bench.store.addEntry(ExpiryEntry(entry.address, ExpiryFiling(slot: stray, kibibytes: 1)))
        try await expect("an expiry entry that is not its record's", at: "s13")
    }

    @Test("finds an expiry entry that names another group")
    func group() async throws {
        let entry = try entry(of: "s3")
        bench.store.addEntry(ExpiryEntry(entry.address, ExpiryFiling(slot: entry.slot, kibibytes: 1)))
        try await expect(
            "its expiry entry names another group",
            "an expiry entry that is not its record's",
            at: "s3"
        )
    }

    @Test("finds a membership that is missing, one too many, and one of nobody")
    func memberships() async throws {
        let address = try bench.address("s3")
        let group = try bench.service.sealer.group(of: AdministrationBench.name("alice"))
        bench.store.setMembership(GroupMembership(group: group, address: address), false)
        try await expect("not in the group of its user", at: "s3")
        bench.store.setMembership(GroupMembership(group: group, address: address), true)
        bench.store.setMembership(GroupMembership(group: group, address: try bench.address("s13")), true)
        try await expect("in a group that is not its own", at: "s13")
        bench.store.setMembership(GroupMembership(group: group, address: try bench.address("s13")), false)
        bench.store.setMembership(GroupMembership(group: group, address: try bench.address("none")), true)
        try await expect("in the group of a user, and there is no record", at: "none")
    }

    @Test("finds a token with an entry that is missing, or a body")
    func tokens() async throws {
        let token = try await bench.issueToken("bob")
        let address = try bench.service.sealer.address(of: token)
        bench.store.records[address]?.body = bench.store.records[try bench.address("s1")]?.body
        let entry = try #require(bench.store.entries.first { $0.address == address })
        bench.store.damageEntry(of: address, under: entry.slot)
        let (_, findings) = try await verify()
        #expect(findings.map(\.reason) == ["a body beside a \"remember me\" token", "no expiry entry"])
        #expect(findings.allSatisfy { $0.tag == address.sessionTag })
    }

    @Test("finds nothing while sessions are made, written, touched, destroyed and given to users beside it")
    func concurrent() async throws {
        let ended = Signal()
        let (service, bench) = (bench.service, bench)
        let writer = Task.detached {
            let client = SessionClient(pid: 5)
            var round = 0
            while ended.value == 0 {
                let session = try Bench.session("w\(round % 40)")
                let version = try await bench.bench.read(session, client).version
                switch round % 7 {
                case 0: _ = try service.destroy(session, for: client)
                case 1: try service.touch(session, version: version, lifetime: 900, for: client)
                case 2: _ = try service.retire(session, for: client)
                default:
                    _ = try await bench.bench.write(
                        String(repeating: "x", count: round % 300),
                        session,
                        version: version,
                        as: try Bench.user("user\(round % 5)"),
                        client
                    )
                }
                service.release(client)
                round += 1
            }
            return round
        }
        var findings: [VerificationFinding] = []
        for _ in 0..<150 {
            _ = try await service.verify(pause: { _ in }, found: { findings.append($0) })
        }
        ended.raise()
        let rounds = try await writer.value
        #expect(rounds > 100)
        #expect(findings.isEmpty)
    }

    @Test("ends by what the pause throws")
    func pause() async throws {
        await #expect(throws: AdministrationBench.Failure.self) {
            _ = try await bench.service.verify(pause: { _ in throw AdministrationBench.Failure() }, found: { _ in })
        }
    }
}
