// SPDX-License-Identifier: Apache-2.0

/// How far a verification has come.
public struct VerificationProgress: Hashable, Sendable {
    /// What it is at.
    public enum Phase: Hashable, Sendable {
        /// Records: metadata and bodies.
        case records
        /// Entries of the expiry index.
        case expiry
        /// Memberships in the groups of users.
        case groups
    }

    /// What it is at.
    public internal(set) var phase = Phase.records
    /// Of those, how many were looked at.
    public internal(set) var done = 0
    /// How many there are; `nil` where nobody knows.
    public internal(set) var total: Int?
}
