// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import CloakroomStatus
import Foundation
import NIOCore
import Testing

/// The gate's socket of the real daemon: what it answers, and that it goes on whatever comes.
@Suite(.timeLimit(.minutes(10))) struct GateSocketTests {
    private let daemon: DaemonProcess
    private let alice: SessionReference

    init() throws {
        daemon = try DaemonProcess()
        try daemon.start()
        alice = try session("alice")
    }

    private func logIn(_ session: SessionReference, as user: String? = nil) throws {
        let client = try daemon.client()
        let identification = try user.map { Identification.user(try #require(UserName($0.utf8))) }
        let written = try client.ask(
            .write(
                .init(
                    session: session,
                    version: 0,
                    token: 1,
                    lifetime: 1440,
                    release: true,
                    identification: identification,
                    data: SessionData(Array("a".utf8))
                )
            )
        )
        try #require(written.version != nil)
    }

    @Test func livingSessionIsToldWithItsUserAndAnUnknownOneIsNot() throws {
        let gate = try daemon.gate()
        #expect(try gate.check(alice) == .notAlive(.unknown))
        try logIn(alice, as: "alice@example.org")
        guard case .alive(let alive) = try gate.check(alice) else {
            Issue.record("not alive")
            return
        }
        #expect(alive.user?.name == UserName("alice@example.org".utf8))
        #expect(alive.age < 60 && alive.idle < 60)
        #expect((1380...1440).contains(alive.remaining))
        #expect(try daemon.control("sessions", "show", "\(alive.tag)").status == 0)
    }

    @Test func statusIsASnapshotWithTheLocks() throws {
        let gate = try daemon.gate()
        try logIn(alice, as: "alice")
        let holder = try daemon.client()
        _ = try holder.read(alice)
        _ = try gate.check(alice)
        let snapshot = try status(gate)
        #expect(snapshot.report.pools.map(\.pool) == ["default"])
        #expect(snapshot.report.pools.first?.count("admitted") == 1)
        #expect(snapshot.report.daemon.pid == daemon.pid)
        #expect(snapshot.locks.map(\.user) == ["alice"])
        #expect(snapshot.locks.first?.holder.pid == getpid())
        let checks = snapshot.report.pools.first?.latencies.first { $0.kind == .check }
        #expect(checks?.sinceStart.count == 1)
    }

    private func status(_ gate: GateClient) throws -> StatusSnapshot {
        guard case .status(let json) = try gate.ask(.status) else {
            throw DaemonProcess.Failure(description: "STATUS was not answered with STATUS_IS")
        }
        return try JSONDecoder().decode(StatusSnapshot.self, from: Data(json))
    }
}
