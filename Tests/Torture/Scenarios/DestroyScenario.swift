// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation

/// A session that is destroyed while others wait for it: none of them sees it, none brings it back.
struct DestroyScenario: Scenario {
    static let name = "destroy"
    static let summary = "a session destroyed while ten requests wait for it"

    private static let waiters = 10

    private let stage: Stage

    init(_ stage: Stage) { self.stage = stage }

    func run() throws {
        let daemon = try stage.makeDaemon()
        let arguments = try daemon.configure(Queue.configuration)
        try daemon.start(arguments)
        let rounds = stage.amount(full: 1000, short: 60)
        var generator = stage.generator()
        let waiters = try (0..<Self.waiters).map { _ in try daemon.client() }
        let (holder, destroyer) = (try daemon.client(), try daemon.client())
        for round in 1...rounds {
            try Interruption.check()
            let byHolder = Bool.random(using: &generator)
            try destroy(Self.session(round), by: byHolder ? holder : destroyer, holder, waiters, probe: daemon.client())
            if round % 200 == 0 { stage.progress("\(round) rounds") }
            stage.figure("rounds", round)
            stage.figure("waiters", round * Self.waiters)
        }
        daemon.stop(SIGKILL)
        try daemon.start(arguments)
        let client = try daemon.client()
        for round in 1...rounds { try expectAbsence(client.read(Self.session(round), lock: false), "after a restart") }
        stage.figure("seen", 0)
        stage.figure("resurrected", 0)
    }

    private static func session(_ round: Int) -> SessionReference { .named("destroyed\(round)") }

    private func destroy(
        _ session: SessionReference,
        by destroyer: ProtocolClient,
        _ holder: ProtocolClient,
        _ waiters: [ProtocolClient],
        probe: ProtocolClient
    ) throws {
        let made = try holder.write("logged in".utf8, to: session, version: 0)
        try expect(made.version != nil, "a WRITE was answered \(made)")
        let version = try holder.read(session).version ?? 0
        let queue = Queue(for: session, probe: probe)
        for waiter in waiters { try queue.enter(waiter) }
        let answer = try destroyer.ask(.destroy(session))
        try expect(answer == .destroyed(existed: true), "a DESTROY was answered \(answer)")
        // Whoever read it before cannot write it; unless the holder destroyed it himself, this also releases the lock.
        if destroyer !== holder { try expectGone(holder, session, version) }
        for waiter in waiters {
            let answer = try waiter.receive()
            try expect(answer == .absent(.destroyed), "a waiter was answered \(answer)")
            try expectGone(waiter, session, version)
        }
        try expectGone(holder, session, version)
        try expectAbsence(probe.read(session, lock: false), "at the end of a round")
    }

    private func expectGone(_ client: ProtocolClient, _ session: SessionReference, _ version: UInt64) throws {
        let answer = try client.write("back again".utf8, to: session, version: version)
        try expect(answer.error == .gone, "a WRITE of what was read before was answered \(answer)")
    }

    private func expectAbsence(_ answer: Response, _ when: String) throws {
        try expect(answer == .absent(.unknown), "\(when), a destroyed session was read as \(answer)")
    }
}
