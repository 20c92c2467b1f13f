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
        let own = ProcessStatus(pid: process.processIdentifier)
        var (lines, first, peak, daemonPeak) = (0, 0.0, 0, 0)
        var looked = start
        while true {
            let chunk = pipe.fileHandleForReading.availableData
            if chunk.isEmpty { break }
            if first == 0 { first = (clock.now - start) / .seconds(1) }
            lines += chunk.count { $0 == UInt8(ascii: "\n") }
            // Often enough: memory that grows stays.
            if looked.advanced(by: .milliseconds(20)) < clock.now {
                looked = clock.now
                peak = max(peak, (try? own.resident()) ?? 0)
                daemonPeak = max(daemonPeak, try status.resident())
            }
        }
        process.waitUntilExit()
        self.lines = lines
        self.status = process.terminationStatus
        seconds = (clock.now - start) / .seconds(1)
        firstOutput = first == 0 ? seconds : first
        self.peak = peak
        self.daemonPeak = max(daemonPeak, try status.resident())
    }
}
