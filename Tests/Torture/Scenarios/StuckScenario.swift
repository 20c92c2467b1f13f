// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation

/// Clients that take a lock and go silent, waiters that leave, and more waiters than are allowed.
struct StuckScenario: Scenario {
    static let name = "stuck"
    static let summary = "silent holders, waiters that leave, too many waiters, and the order of those who stay"

    private static let workers = 16
    private static let waiters = 20

    private let stage: Stage

    init(_ stage: Stage) { self.stage = stage }

    func run() throws {
        try increment()
        let daemon = try stage.makeDaemon()
        try daemon.start(try daemon.configure(Queue.configuration + "[limits]\nwaiters = \(Self.waiters)\n"))
        var generator = stage.generator()
        let rounds = stage.amount(full: 100, short: 10)
        for round in 1...rounds { try serveInOrder(.named("order\(round)"), daemon, using: &generator) }
        stage.figure("rounds of waiters in order", rounds)
        stage.progress("\(rounds) rounds of waiters, some of which left, were served in order")
        try expect(daemon.stop() == 0, "the daemon did not stop in order")
        try passOver()
    }

    /// Increments of one session by many clients, under its lock.
    private func increment() throws {
        let daemon = try stage.makeDaemon()
        try daemon.start()
        let turns = 200
        _ = try inParallel(Array(0..<Self.workers)) { [path = daemon.socket] _ in
            let client = HonestClient(path: path)
            for _ in 0..<turns { _ = try client.increment(.named("shared")) }
        }
        let answer = try daemon.client().read(.named("shared"))
        let sum = answer.data.map { String(decoding: $0, as: UTF8.self) }
        stage.figure("increments", sum ?? "none")
        try expect(sum == "\(Self.workers * turns)", "\(Self.workers) × \(turns) increments made \(answer)")
        stage.progress("\(Self.workers) × \(turns) increments made \(sum ?? "")")
        try expect(daemon.stop() == 0, "the daemon did not stop in order")
    }

    /// Fills the queue, sends one away who is too many, lets some leave and others take their places, and sees who is
    /// served when.
    private func serveInOrder(
        _ session: SessionReference,
        _ daemon: DaemonProcess,
        using generator: inout SeededGenerator
    ) throws {
        let holder = try daemon.client()
        let version = try Self.begin(session, holder)
        let queue = Queue(for: session, probe: try daemon.client())
        var waiting: [(number: Int, client: ProtocolClient)] = []
        for number in 0..<Self.waiters {
            waiting.append((number, try daemon.client()))
            try queue.enter(waiting[number].client)
        }
        let refused = try daemon.client().read(session)
        try expect(refused.error == .tooManyWaiters, "one waiter too many was answered \(refused)")
        let bystander = try daemon.client().read(.named("elsewhere"))
        try expect(bystander == .absent(.unknown), "a client of another session was answered \(bystander)")

        waiting = waiting.filter { _ in Bool.random(using: &generator) }
        try queue.settle()
        for number in Self.waiters..<(2 * Self.waiters - waiting.count) {
            let client = try daemon.client()
            try queue.enter(client)
            waiting.append((number, client))
        }
        let written = try holder.write([], to: session, version: version)
        try expect(written.version != nil, "the holder's WRITE was answered \(written)")
        // Each adds its number to the session, so that the session tells the order.
        _ = try inParallel(waiting) { waiter in
            let found = try waiter.client.receive()
            guard let data = found.data, let version = found.version else {
                throw Finding("a waiter was answered \(found)")
            }
            let written = try waiter.client.write(data + [UInt8(waiter.number)], to: session, version: version)
            try expect(written.version != nil, "a waiter's WRITE was answered \(written)")
        }
        let order = try holder.read(session).data
        try expect(
            order == waiting.map { UInt8($0.number) },
            "the order was \(order ?? []), not \(waiting.map(\.number))"
        )
    }

    /// A holder that goes silent: who waits for it is told in time, and takes the lock over when the holder's time is up.
    private func passOver() throws {
        let daemon = try stage.makeDaemon()
        try daemon.start(try daemon.configure("[sessions]\nlock_hold = 1\n"))
        let session = SessionReference.named("silent")
        let silent = try daemon.client()
        let version = try Self.begin(session, silent)
        let hasty = try daemon.client().read(session, wait: 50)
        try expect(hasty.error == .lockTimedOut, "a waiter of 50 ms was answered \(hasty)")
        let patient = try daemon.client()
        let found = try patient.read(session)
        try expect(found.version == version, "a waiter whose holder's time is up was answered \(found)")
        let written = try patient.write("new".utf8, to: session, version: version)
        try expect(written.version != nil, "the WRITE of one who took over was answered \(written)")
        let late = try silent.write("old".utf8, to: session, version: version)
        try expect(late.error == .conflict, "the WRITE of a holder who was passed over was answered \(late)")
        let last = try patient.read(session)
        try expect(last.data == Array("new".utf8), "the session was read as \(last)")
        try expect(daemon.stop() == 0, "the daemon did not stop in order")
        stage.figure("silent holders passed over", 1)
        stage.progress("a silent holder was passed over, and could not overwrite")
    }

    /// Makes a session and takes its lock; answers its version.
    private static func begin(_ session: SessionReference, _ client: ProtocolClient) throws -> UInt64 {
        let made = try client.write([], to: session, version: 0)
        try expect(made.version != nil, "a WRITE was answered \(made)")
        guard let version = try client.read(session).version else { throw Finding("a session that was made is absent") }
        return version
    }
}
