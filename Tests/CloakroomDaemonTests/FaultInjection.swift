// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation

/// Makes system calls of a running process fail: `strace`, attached to it until this value goes.
final class FaultInjection {
    private static let program = "/usr/bin/strace"
    private let process = Process()

    /// Makes all calls of the named kinds fail that concern files in a directory.
    ///
    /// - Parameters:
    ///   - calls: system calls, separated by commas.
    ///   - error: what they fail with, such as `EIO`.
    ///   - directory: files in it, also those that are made later, are concerned.
    ///   - pid: the process.
    init(_ calls: String, error: String, in directory: String, of pid: Int32) throws {
        guard FileManager.default.isExecutableFile(atPath: Self.program) else {
            throw DaemonProcess.Failure(description: "\(Self.program) is missing (Debian: strace): run `make deps`")
        }
        // strace knows files by their exact paths only.
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        let later = (0..<200).flatMap { number in
            ["log", "sst"].map { "\(String(repeating: "0", count: 6 - "\(number)".count))\(number).\($0)" }
        }
        let paths = Set(names + later).flatMap { ["-P", directory + "/" + $0] }
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments =
            ["-f", "-qq", "-o", "/dev/null", "-p", "\(pid)"] + paths
            + ["-P", directory, "-P", directory + "/../probe", "-e", "inject=\(calls):error=\(error)"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Attached once the kernel says so for all threads.
        let end = Date(timeIntervalSinceNow: 20)
        while !Self.isTraced(pid) {
            guard process.isRunning, Date.now < end else {
                throw DaemonProcess.Failure(description: "strace could not attach to process \(pid)")
            }
            usleep(2_000)
        }
    }

    deinit { end() }

    /// Lets the calls through again.
    func end() {
        guard process.isRunning else { return }
        // Foundation starts processes with signals blocked. The kernel lets go of whom a killed strace has traced.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private static func isTraced(_ pid: Int32) -> Bool {
        let tasks = "/proc/\(pid)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
        return !threads.isEmpty
            && threads.allSatisfy {
                let status = (try? String(contentsOfFile: "\(tasks)/\($0)/status", encoding: .utf8)) ?? ""
                return !status.contains("TracerPid:\t0\n")
            }
    }
}
