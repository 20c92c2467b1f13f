// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// The log: lines on standard error, with the priorities of sd-daemon(3) unless a person reads them.
///
/// No line has a session's id, what a browser sent, or more than one line.
enum GateLog {
    enum Priority: Int {
        case error = 3
        case warning = 4
        case notice = 5
    }

    private static let isTerminal = isatty(STDERR_FILENO) == 1

    /// Writes one line.
    static func write(_ priority: Priority, _ text: String) {
        let prefix = isTerminal ? "cloakroom-fcgi: " : "<\(priority.rawValue)>cloakroom-fcgi: "
        let line = text.map { $0.isNewline || $0 == "\0" ? " " : $0 }
        // There is nowhere to report that the log cannot be written.
        Array("\(prefix)\(String(line))\n".utf8).withUnsafeBytes { _ = DescriptorBytes.write($0, to: STDERR_FILENO) }
    }
}
