// SPDX-License-Identifier: Apache-2.0

/// What became of sessions that were to end.
public struct SessionsEnded: Equatable, Sendable, Codable {
    /// How many ended that could have been used.
    public let sessions: Int
    /// How many others were removed: expired, replaced, or such as do not open.
    public let others: Int
    /// How many "remember me" tokens ended besides those that went with a session.
    public let tokens: Int
    /// How many locks were taken from requests.
    public let locks: Int
    /// The tags that name nothing.
    public let unknown: [String]

    /// Joins the fields.
    public init(
        sessions: Int,
        others: Int,
        tokens: Int,
        locks: Int,
        unknown: [String]
    ) {
        self.sessions = sessions
        self.others = others
        self.tokens = tokens
        self.locks = locks
        self.unknown = unknown
    }
}
