// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation

/// A run of the `cloakroomctl` beside the daemon, to its end.
struct ControlRun {
    /// What it ended with.
    let status: Int32
    /// Lines that it printed.
    let lines: Int
    /// When the first one came, and when it ended, in seconds from its start.
    let firstOutput: Double
    let seconds: Double
    /// The most memory that it took, and that the daemon did meanwhile, in KiB.
    let peak: Int
    let daemonPeak: Int

    init(_ arguments: [String], _ daemon: DaemonProcess, watching status: ProcessStatus) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: DaemonProcess.binary).deletingLastPathComponent()
            .appending(path: "cloakroomctl")
        process.arguments = arguments + ["--socket", daemon.directory.path(of: "admin.sock")]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        let clock = ContinuousClock()
        let start = clock.now
        try process.run()
        let memory = Memory(of: [ProcessStatus(pid: process.processIdentifier), status])
        var (lines, first) = (0, 0.0)
        while true {
            let chunk = pipe.fileHandleForReading.availableData
            if chunk.isEmpty { break }
            if first == 0 { first = (clock.now - start) / .seconds(1) }
            lines += chunk.count { $0 == UInt8(ascii: "\n") }
        }
        process.waitUntilExit()
        self.lines = lines
        self.status = process.terminationStatus
        seconds = (clock.now - start) / .seconds(1)
        firstOutput = first == 0 ? seconds : first
        let peaks = try memory.end()
        (peak, daemonPeak) = (peaks[0], peaks[1])
    }
}

/// Looks at the memory of processes again and again.
private struct Memory {
    private let load = Load()
    private let threads: Threads<[Int]>

    init(of processes: [ProcessStatus]) {
        threads = Threads([processes]) { [load] processes in
            var peaks = processes.map { _ in 0 }
            // Often enough: memory that grows stays.
            while load.goesOn {
                for (index, process) in processes.enumerated() {
                    // One that has ended has none.
                    peaks[index] = max(peaks[index], (try? process.resident()) ?? 0)
                }
                usleep(20_000)
            }
            return peaks
        }
    }

    /// The most that each took, in KiB.
    func end() throws -> [Int] {
        load.end()
        return try threads.outputs()[0]
    }
}
