// SPDX-License-Identifier: Apache-2.0

/// What became of sessions that an administrator ended.
public struct EndedByAdministrator: Hashable, Sendable {
    /// How many ended that could have been used.
    public var sessions = 0
    /// How many others were removed: expired, replaced, or such as do not open.
    public var others = 0
    /// How many "remember me" tokens ended besides those that went with a session.
    public var tokens = 0
    /// How many locks were taken from requests.
    public var locks = 0

    /// None.
    public init() {}

    /// Whether there was anything.
    public var isNothing: Bool { self == EndedByAdministrator() }

    /// Adds what became of others.
    public mutating func add(_ other: EndedByAdministrator) {
        sessions += other.sessions
        others += other.others
        tokens += other.tokens
        locks += other.locks
    }
}
