// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomGate
import CloakroomSystem
import Glibc
import Synchronization

/// What all threads share besides the sockets.
final class GateService: Sendable {
    /// The settings of the command line.
    struct Settings: Sendable {
        /// The gate's socket of the daemon.
        var daemon: String
        /// How long the daemon may take for an answer.
        var timeout: Duration
        /// How many requests are worked at at the same time.
        var threads: Int
        /// The paths of the gate's own pages.
        var routing: GateRouting
    }

    let settings: Settings
    let statistics = GateStatistics()
    let watch = DaemonWatch()
    let notes = GateNotes()
    private let start = MonotonicTime.now
    private let active = Atomic<Int>(0)

    /// Has served nothing yet.
    init(_ settings: Settings) { self.settings = settings }

    /// Counts a request as being worked at while `body` runs.
    func whileActive<Result>(_ body: () -> Result) -> Result {
        active.add(1, ordering: .relaxed)
        defer { active.subtract(1, ordering: .relaxed) }
        return body()
    }

    /// Tells the log of the daemon's absences.
    func report(_ news: DaemonWatch.News) {
        switch news {
        case .away(let absence): GateLog.write(.warning, "\(absence)")
        case .back: GateLog.write(.notice, "cloakroomd answers again")
        }
    }

    /// How the gate is, for the status.
    func status(connections: Int) -> GateStatus.Gate {
        GateStatus.Gate(
            version: ProductVersion.current,
            pid: getpid(),
            uptime: (MonotonicTime.now.nanoseconds - start.nanoseconds) / 1_000_000,
            active: active.load(ordering: .relaxed),
            threads: settings.threads,
            connections: connections,
            memory: ProcessMemory.resident,
            counts: statistics.counts
        )
    }
}
