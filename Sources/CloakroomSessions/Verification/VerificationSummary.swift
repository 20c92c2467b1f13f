// SPDX-License-Identifier: Apache-2.0

/// What a verification has looked at.
public struct VerificationSummary: Hashable, Sendable {
    /// Sessions that open.
    public internal(set) var sessions = 0
    /// "Remember me" tokens that open.
    public internal(set) var tokens = 0
    /// Bodies of sessions.
    public internal(set) var bodies = 0
    /// Entries of the expiry index.
    public internal(set) var entries = 0
    /// Memberships in the groups of users.
    public internal(set) var memberships = 0
    /// How many things are not as they have to be.
    public internal(set) var findings = 0
}
