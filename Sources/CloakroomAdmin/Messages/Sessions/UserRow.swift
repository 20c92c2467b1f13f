// SPDX-License-Identifier: Apache-2.0

/// A user who has sessions.
public struct UserRow: Equatable, Sendable, Codable {
    /// The pool.
    public let pool: String
    /// What the application calls the user.
    public let user: String
    /// How many sessions can be used.
    public let sessions: Int
    /// How many seconds ago one of them was used last.
    public let idle: UInt64

    /// Joins the fields.
    public init(
        pool: String,
        user: String,
        sessions: Int,
        idle: UInt64
    ) {
        self.pool = pool
        self.user = user
        self.sessions = sessions
        self.idle = idle
    }
}
