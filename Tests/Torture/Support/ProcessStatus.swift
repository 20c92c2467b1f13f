// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the kernel tells of a process (proc(5)).
struct ProcessStatus {
    let pid: Int32

    /// Resident memory in KiB.
    func resident() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let value = line.split(separator: " ").compactMap({ Int($0) }).first
        else { throw Finding("process \(pid) has no VmRSS: it has ended") }
        return value
    }

    /// Processor time used so far, in seconds.
    func processorTime() throws -> Double {
        let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        // The second field is a name in parentheses, which may have spaces.
        guard let end = stat.lastIndex(of: ")") else { throw Finding("process \(pid) has no times") }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            throw Finding("process \(pid) has no times")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

extension Int {
    /// KiB as text in MiB.
    var mebibytes: String { String(format: "%.1f MiB", Double(self) / 1024) }
}
