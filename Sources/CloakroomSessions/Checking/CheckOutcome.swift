// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// What a check of a session came to.
public enum CheckOutcome: Hashable, Sendable {
    /// The browser may use it.
    case alive(CheckedSession)
    /// There is no session that it may use.
    case absent(Absence)
    /// The browser's address has sent too many ids that no session has, and is told nothing about this one.
    case guessing
}

/// A session that was found alive. Intervals are in seconds; those of one that was used by the check itself are those after it.
public struct CheckedSession: Hashable, Sendable {
    /// How logs and tools name it.
    public let tag: SessionTag
    /// How long ago it was made.
    public let age: UInt64
    /// How long ago it was used last.
    public let idle: UInt64
    /// How long it can be used still, if it is not used meanwhile and the rules stay as they are; `.max`: for ever.
    public let remaining: UInt64
    /// The user that it belongs to; `nil`: nobody that is known.
    public let user: User?

    /// Whose a session is.
    public struct User: Hashable, Sendable {
        /// What the application calls the user.
        public let name: UserName
        /// How long ago the session became the user's, in seconds.
        public let age: UInt64
    }
}
