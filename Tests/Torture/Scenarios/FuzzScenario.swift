// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation

/// Mutated frames on many connections, beside an honest client that must be answered all the time.
struct FuzzScenario: Scenario {
    static let name = "fuzz"
    static let summary = "mutated frames on many connections, beside an honest client"

    private static let threads = 2
    private static let connections = 32
    /// How long the honest client may wait for an answer.
    private static let patience = Duration.seconds(10)
    /// How long it may wait without that being shown at once.
    private static let noteworthy = Duration.seconds(1)
    /// How much more memory the daemon may have in the last quarter than in the second, in KiB: a fraction of the 85 MiB of
    /// changes that the store keeps in memory until they become a file.
    private static let allowance = 16 << 10

    private let stage: Stage

    init(_ stage: Stage) { self.stage = stage }

    func run() throws {
        let daemon = try stage.makeDaemon()
        try daemon.start(
            try daemon.configure(
                "[sessions]\nlock_wait = 1\nsweep_interval = 1\n[limits]\nsession_size = 65536\n"
                    // Else answers to ids that nobody has would be delayed.
                    + "unknown_ids_per_minute = 0\n[binding]\naddress = \"deny\"\n[users]\nmax_sessions = 8\n"
            )
        )
        let (pid, status) = (daemon.pid, ProcessStatus(pid: daemon.pid))
        let connections = AcceptedConnections(path: daemon.socket)
        do {
            let client = try daemon.client()
            try withExtendedLifetime(client) { try expect(connections.count() > 0, "a connection is not seen") }
        }
        let count = stage.amount(full: 10_000_000, short: 30_000)
        let tally = FuzzTally()
        let honest = Load()
        let honestThread = Threads([daemon.socket]) { try Self.serve(path: $0, load: honest) }
        let fuzzThreads = Threads((1...Self.threads).map { stage.generator($0) }) { [path = daemon.socket] in
            try FuzzThread(path: path, connections: Self.connections, generator: $0, tally: tally).run(until: count)
        }
        defer {
            honest.end()
            tally.stop()
        }
        let clock = ContinuousClock()
        let start = clock.now
        let memory = try watch(status, tally, count) { fuzzThreads.haveFailed || honestThread.haveFailed }
        let seconds = (clock.now - start) / .seconds(1)
        tally.stop()
        honest.end()
        _ = try fuzzThreads.outputs()
        let slowest = try honestThread.outputs().max() ?? .zero
        tally.show(on: stage)
        stage.figure("frames per second", Int(Double(tally.frames.count) / seconds))
        stage.figure("honest round trips", honest.count)
        stage.figure("slowest", String(format: "%.0f ms", slowest / .milliseconds(1)))
        stage.figure("memory", "\(memory.early.mebibytes) in the 2nd quarter, \(memory.late.mebibytes) in the 4th")
        try expect(slowest < Self.patience, "an honest client waited \(slowest)")
        try wait(for: "the connections to be gone") { try connections.count() == 0 }
        try expect(daemon.pid == pid && daemon.client().ask(.ping) == .pong, "the daemon does not answer any more")
        try expect(daemon.stop() == 0, "the daemon did not stop in order")
        try expect(
            stage.scale == .short || memory.late <= memory.early + Self.allowance,
            "memory grew from \(memory.early.mebibytes) to \(memory.late.mebibytes)"
        )
    }

    /// Waits for the frames to be sent, and answers the most memory in the second and in the last quarter, in KiB.
    private func watch(
        _ status: ProcessStatus,
        _ tally: FuzzTally,
        _ count: Int,
        isOver: () -> Bool
    ) throws -> (early: Int, late: Int) {
        var most = [0, 0, 0, 0]
        var shown = 0
        while tally.frames.count < count, !isOver() {
            try Interruption.check()
            let frames = tally.frames.count
            let quarter = min(frames * 4 / count, 3)
            let resident: Int
            do { resident = try status.resident() } catch { throw Finding("the daemon ended: \(error)") }
            most[quarter] = max(most[quarter], resident)
            if frames * 20 / count > shown {
                shown = frames * 20 / count
                stage.progress("\(frames) frames, memory \(resident.mebibytes)")
            }
            usleep(50_000)
        }
        return (most[1], most[3])
    }

    /// Increments a session until the load ends; answers the longest that a round trip took.
    private static func serve(path: String, load: Load) throws -> Duration {
        let client = try ProtocolClient.greeted(path: path)
        let session = SessionReference.named("honest")
        let clock = ContinuousClock()
        var slowest = Duration.zero
        var (contents, version) = (Contents(session: 0, counter: 0, filler: 500), UInt64(0))
        while load.goesOn {
            let start = clock.now
            let found = try client.read(session)
            try expect(version == 0 || found.data == contents.bytes, "the honest client read \(found)")
            contents = Contents(session: 0, counter: contents.counter + 1, filler: 500)
            let written = try client.write(contents.bytes, to: session, version: version)
            guard case .written(let next) = written else {
                throw Finding("the honest client's WRITE was answered \(written)")
            }
            version = next
            let duration = clock.now - start
            if duration > noteworthy { Console.line("  \(name): an honest round trip took \(duration)") }
            slowest = max(slowest, duration)
            load.add()
        }
        return slowest
    }
}
