// SPDX-License-Identifier: Apache-2.0

public import CloakroomStatus

/// All that is told of what a tag names. Times are in seconds.
public struct SessionReport: Equatable, Sendable, Codable {
    /// What stands at the tag.
    public enum Kind: String, Equatable, Sendable, Codable {
        /// A session.
        case session
        /// "Remember me" tokens.
        case tokens
        /// A request has the session's lock, and nothing is stored.
        case unwritten
        /// It does not open.
        case unreadable
    }

    /// The pool.
    public let pool: String
    /// The tag.
    public let tag: String
    /// What it is.
    public let kind: Kind
    /// A session, as in a list.
    public let session: SessionRow?
    /// How long the session lives without being used.
    public let lifetime: UInt64?
    /// A number that each write of the session changes.
    public let version: UInt64?
    /// For how long the session has been its user's.
    public let identified: UInt64?
    /// The session that took its place.
    public let successor: String?
    /// Whether "remember me" tokens go with the session.
    public let remembered: Bool?
    /// Whose tokens these are.
    public let user: String?
    /// How long ago the first of these tokens was issued.
    public let age: UInt64?
    /// When the last of these tokens ends.
    public let endsIn: UInt64?
    /// Why it does not open.
    public let reason: String?
    /// The id of the key that sealed it.
    public let key: String?
    /// Who has the session's lock, and who waits for it.
    public let lock: LockRow?

    /// Joins the fields.
    public init(
        pool: String,
        tag: String,
        kind: Kind,
        session: SessionRow? = nil,
        lifetime: UInt64? = nil,
        version: UInt64? = nil,
        identified: UInt64? = nil,
        successor: String? = nil,
        remembered: Bool? = nil,
        user: String? = nil,
        age: UInt64? = nil,
        endsIn: UInt64? = nil,
        reason: String? = nil,
        key: String? = nil,
        lock: LockRow? = nil
    ) {
        self.pool = pool
        self.tag = tag
        self.kind = kind
        self.session = session
        self.lifetime = lifetime
        self.version = version
        self.identified = identified
        self.successor = successor
        self.remembered = remembered
        self.user = user
        self.age = age
        self.endsIn = endsIn
        self.reason = reason
        self.key = key
        self.lock = lock
    }
}
