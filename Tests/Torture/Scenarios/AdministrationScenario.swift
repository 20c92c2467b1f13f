// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation

/// Administrators look at very many sessions while PHP uses them: what that costs in memory and in time, of both.
struct AdministrationScenario: Scenario {
    static let name = "admin"
    static let summary = "lists and verification of very many sessions beside requests"

    private static let clients = 4
    private static let perUser = 10
    private static let contents = [UInt8](repeating: UInt8(ascii: "x"), count: 500)

    // What an administrator may be made to wait for the first row, in seconds; how much slower the slowest of a hundred requests may
    // get; and how much memory the two programs may take for it, in KiB.
    private static let mostWait = 1.0
    private static let mostRatio = 2.0
    private static let mostMemory = 64 * 1024
    /// How long latencies are measured without an administrator, in seconds.
    private var span: Double { stage.amount(full: 15, short: 1) }

    private let stage: Stage

    init(_ stage: Stage) { self.stage = stage }

    func run() throws {
        let daemon = try stage.makeDaemon()
        try daemon.start()
        let sessions = stage.amount(full: 1_000_000, short: 5_000)
        try fill(daemon, sessions)
        stage.figure("sessions", sessions)
        let latencies = Latencies()
        let load = Load()
        let random = (0..<Self.clients).map { stage.generator($0) }
        let threads = Threads(random) { [path = daemon.socket] random in
            try Self.serve(sessions, random, path: path, load: load, latencies)
        }
        defer { load.end() }
        try load.advance(by: 100, watching: threads)
        var findings: [String] = []
        for (name, rows, arguments) in [
            ("list", sessions, ["sessions", "list"]),
            ("list as JSON", sessions, ["sessions", "list", "--json"]),
            ("list of what is not there", nil, ["sessions", "list", "--older-than", "100d"]),
            ("users", sessions / Self.perUser, ["users"]),
            ("verify", nil, ["verify"]),
        ] as [(String, Int?, [String])] {
            findings += try measure(name, rows: rows, arguments, daemon, latencies)
        }
        load.end()
        _ = try threads.outputs()
        try expect(daemon.stop() == 0, "the daemon did not stop in order")
        try expect(findings.isEmpty, findings.joined(separator: "; "))
    }

    /// Runs a command beside the requests, and compares them with those before and after it, as others may keep the machine busy. Answers
    /// what was too much.
    private func measure(
        _ name: String,
        rows: Int?,
        _ arguments: [String],
        _ daemon: DaemonProcess,
        _ latencies: Latencies
    ) throws -> [String] {
        let status = ProcessStatus(pid: daemon.pid)
        _ = latencies.take()
        usleep(UInt32(span * 1_000_000))
        let earlier = latencies.take()
        let before = try status.resident()
        let run = try ControlRun(arguments, daemon, watching: status)
        let besides = latencies.take()
        usleep(UInt32(span * 1_000_000))
        let alone = Latencies.Sample(values: earlier.values + latencies.take().values)
        if let rows { try expect(run.lines >= rows, "\(name): \(run.lines) lines of \(rows)") }
        try expect(run.status == 0, "\(name) ended with status \(run.status)")
        let ratio = besides.p99 / alone.p99
        let growth = max(run.daemonPeak - before, 0)
        stage.figure(
            name,
            String(
                format:
                    "%.1f s, first output after %.2f s, p99 %.2f ms alone and %.2f ms besides (%.2f), cloakroomctl %@, cloakroomd %@ + %@",
                run.seconds,
                run.firstOutput,
                alone.p99,
                besides.p99,
                ratio,
                run.peak.mebibytes,
                before.mebibytes,
                growth.mebibytes
            )
        )
        stage.progress("\(name): \(run.lines) lines in \(run.seconds) s")
        var findings: [String] = []
        if run.peak >= Self.mostMemory { findings.append("\(name): cloakroomctl took \(run.peak.mebibytes)") }
        guard stage.scale == .full else { return findings }
        if growth >= Self.mostMemory { findings.append("\(name): the daemon took \(growth.mebibytes) more") }
        // Where nothing is found, there is nothing to show but the bar on a terminal.
        if run.firstOutput >= Self.mostWait, run.lines > 0 {
            findings.append("\(name): the first output came after \(run.firstOutput) s")
        }
        if ratio >= Self.mostRatio {
            findings.append("\(name): the slowest of a hundred requests took \(ratio) times as long")
        }
        return findings
    }

    /// Stores so many sessions, half of them of users.
    private func fill(_ daemon: DaemonProcess, _ count: Int) throws {
        let perClient = count / Self.clients
        _ = try inParallel(Array(0..<Self.clients)) { [path = daemon.socket] client in
            let connection = try ProtocolClient.greeted(path: path)
            for number in (client * perClient)..<((client + 1) * perClient) {
                let write = Request.Write(
                    session: .named("many\(number)"),
                    version: 0,
                    token: UInt64(number + 1),
                    lifetime: 86_400,
                    release: true,
                    identification: UserName(Array("user\(number / Self.perUser)".utf8)).map { .user($0) },
                    data: SessionData(Self.contents)
                )
                let answer = try connection.ask(.write(write))
                guard case .written = answer else { throw Finding("a WRITE was answered \(answer)") }
            }
        }
    }

    private static func serve(
        _ sessions: Int,
        _ random: SeededGenerator,
        path: String,
        load: Load,
        _ latencies: Latencies
    ) throws {
        var random = random
        let client = try ProtocolClient.greeted(path: path)
        let clock = ContinuousClock()
        while load.goesOn {
            let session = SessionReference.named("many\(Int.random(in: 0..<sessions, using: &random))")
            let start = clock.now
            let found = try client.read(session)
            let written = try client.write(Self.contents, to: session, version: found.version ?? 0, lifetime: 86_400)
            let end = clock.now
            guard case .written = written else { throw Finding("a WRITE was answered \(written)") }
            latencies.add((end - start) / .milliseconds(1))
            load.add()
            // As a site that is busy, and not as one that is overloaded: there the scheduler decides.
            usleep(1_000)
        }
    }
}
