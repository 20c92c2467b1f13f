// SPDX-License-Identifier: Apache-2.0

/// What a verification has looked at.
public struct Verified: Equatable, Sendable, Codable {
    /// The pool.
    public let pool: String
    /// Sessions that open.
    public let sessions: Int
    /// "Remember me" tokens that open.
    public let tokens: Int
    /// Bodies of sessions.
    public let bodies: Int
    /// Entries of the expiry index.
    public let entries: Int
    /// Memberships in the groups of users.
    public let memberships: Int
    /// How many things are not as they have to be; all were counted, also those that were not named.
    public let findings: Int

    /// Joins the fields.
    public init(
        pool: String,
        sessions: Int,
        tokens: Int,
        bodies: Int,
        entries: Int,
        memberships: Int,
        findings: Int
    ) {
        self.pool = pool
        self.sessions = sessions
        self.tokens = tokens
        self.bodies = bodies
        self.entries = entries
        self.memberships = memberships
        self.findings = findings
    }
}
