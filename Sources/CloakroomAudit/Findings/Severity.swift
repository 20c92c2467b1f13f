// SPDX-License-Identifier: Apache-2.0

/// How much a finding matters.
public enum Severity: String, CaseIterable, Comparable, Codable, Sendable {
    /// Good to know; nothing need be done.
    case info
    /// Should be better; alone it opens nothing.
    case low
    /// Weakens a protection that an attack would have to get past.
    case medium
    /// Opens sessions to somebody who has one more thing.
    case high
    /// Opens sessions as it is.
    case critical

    /// By how much it matters.
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
