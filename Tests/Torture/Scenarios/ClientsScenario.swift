// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation

/// What thousands of idle clients and some slow ones cost the others: rounds without and with them, alternately, in one run.
struct ClientsScenario: Scenario {
    static let name = "clients"
    static let summary = "throughput of honest clients without and with idle and slow ones"

    private static let honest = 4
    private static let slow = 64
    /// The part of their throughput that honest clients keep at least.
    private static let leastRatio = 0.9

    /// What was measured in a round.
    private struct Pace {
        /// Round trips per second.
        let rate: Double
        /// Processor time of the daemon for each, in microseconds: this also tells when others keep the machine busy.
        let cost: Double
    }

    private let stage: Stage

    init(_ stage: Stage) { self.stage = stage }

    func run() throws {
        let daemon = try stage.makeDaemon()
        try daemon.start()
        let status = ProcessStatus(pid: daemon.pid)
        let idle = stage.amount(full: 5000, short: 500)
        let rounds = stage.amount(full: 9, short: 2)
        try SlowClients.prepare(daemon.client())
        _ = try measure(daemon)
        var ratios: [Double] = []
        var costs: [Double] = []
        var perConnection = 0.0
        for round in 1...rounds {
            let alone = try measure(daemon)
            let before = try status.resident()
            let crowd = try Crowd(greeted: idle, path: daemon.socket)
            if round == 1 { perConnection = Double(try status.resident() - before) / Double(idle) }
            let slow = SlowClients(Self.slow, path: daemon.socket)
            let besides = try measure(daemon)
            let bytes = try slow.end()
            try expect(bytes > 0, "the slow clients got no further")
            withExtendedLifetime(crowd) {}
            ratios.append(besides.rate / alone.rate)
            costs.append(besides.cost / alone.cost)
            let figures = String(format: "%.0f alone, %.0f besides", alone.rate, besides.rate)
            stage.progress("round \(round): round trips per second: \(figures)")
        }
        let ratio = Self.median(ratios)
        stage.figure("idle", idle)
        stage.figure("slow", Self.slow)
        stage.figure("rounds", rounds)
        stage.figure("median ratio", String(format: "%.3f", ratio))
        stage.figure("median ratio of processor time", String(format: "%.3f", Self.median(costs)))
        stage.figure("memory per idle connection", String(format: "%.1f KiB", perConnection))
        try expect(daemon.stop() == 0, "the daemon did not stop in order")
        guard stage.scale == .full else { return }
        try expect(ratio > Self.leastRatio, "honest clients kept \(ratio) of their throughput")
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    /// What the honest clients achieve, and what it costs.
    private func measure(_ daemon: DaemonProcess) throws -> Pace {
        let load = Load()
        let threads = Threads(Array(0..<Self.honest)) { [path = daemon.socket] in
            try Self.serve($0, path: path, load: load)
        }
        defer { load.end() }
        // Until each is connected and warm.
        try load.advance(by: 100, watching: threads)
        let status = ProcessStatus(pid: daemon.pid)
        let clock = ContinuousClock()
        let (start, used, count) = (clock.now, try status.processorTime(), load.count)
        usleep(stage.amount(full: 2_000_000, short: 500_000))
        let trips = Double(load.count - count)
        let pace = Pace(
            rate: trips / ((clock.now - start) / .seconds(1)),
            cost: (try status.processorTime() - used) / trips * 1_000_000
        )
        load.end()
        _ = try threads.outputs()
        return pace
    }

    private static func serve(_ number: Int, path: String, load: Load) throws {
        let client = try ProtocolClient.greeted(path: path)
        let session = SessionReference.named("honest\(number)")
        var contents = Contents(session: number, counter: 0, filler: 2000)
        var version = try client.ask(.destroy(session)).version ?? 0
        while load.goesOn {
            let found = try client.read(session)
            try expect(version == 0 || found.data == contents.bytes, "a session was read as \(found)")
            contents = Contents(session: number, counter: contents.counter + 1, filler: 2000)
            let written = try client.write(contents.bytes, to: session, version: found.version ?? 0)
            guard case .written(let next) = written else { throw Finding("a WRITE was answered \(written)") }
            version = next
            load.add()
        }
    }
}
