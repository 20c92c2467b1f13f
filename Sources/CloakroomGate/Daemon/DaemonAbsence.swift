// SPDX-License-Identifier: Apache-2.0

/// Why the daemon has not answered.
public enum DaemonAbsence: Error, Equatable, Sendable, CustomStringConvertible {
    /// It cannot be reached: what the system says.
    case unreachable(String)
    /// It did not answer in time.
    case late
    /// It ended the connection instead of answering.
    case lost
    /// What it answered is not of the gate protocol.
    case malformed(String)
    /// It takes no requests of this gate: what it says.
    case refused(String)

    /// For the log and the status page; never for browsers.
    public var description: String {
        switch self {
        case .unreachable(let text): "cloakroomd cannot be reached: \(text)"
        case .late: "cloakroomd did not answer in time"
        case .lost: "cloakroomd ended the connection instead of answering"
        case .malformed(let text): "cloakroomd answered something else than asked: \(text)"
        case .refused(let text): "cloakroomd takes no requests of this gate: \(text)"
        }
    }
}
