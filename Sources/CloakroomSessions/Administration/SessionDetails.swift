// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
public import CloakroomCrypto

/// All that administrators are told of one record. Times are in seconds.
public struct SessionDetails: Sendable {
    /// What stands at the address.
    public enum Kind: Sendable {
        /// A session.
        case session(Session)
        /// Tokens by which a user is known again; whose, and when the last one ends.
        case tokens(user: UserName, age: UInt64, endsIn: UInt64)
        /// A request has the session's lock, and nothing is stored.
        case unwritten
        /// It does not open; why not.
        case unreadable(Rejection)
    }

    /// What is known of a session besides its overview.
    public struct Session: Sendable {
        /// As in a list.
        public let overview: SessionOverview
        /// How long it lives without being used.
        public let lifetime: UInt64
        /// How often it was written; a number that only tells versions apart.
        public let version: UInt64
        /// For how long it has been its user's.
        public let identified: UInt64?
        /// The session that took its place.
        public let successor: SessionTag?
        /// Whether tokens by which its user is known again go with it.
        public let hasTokens: Bool
    }

    /// How it is named.
    public let tag: SessionTag
    /// What it is.
    public let kind: Kind
    /// The key that sealed it, if anything is stored.
    public let key: KeyID?
    /// Who has its lock, and who waits for that; `nil` when nobody has.
    public let lock: LockReport?
}

extension SessionDetails.Session {
    init(_ metadata: SessionMetadata, at address: SessionAddress, now: UnixTime, _ rules: LifetimeRules) {
        overview = SessionOverview(metadata, at: address, now: now, rules)
        lifetime = metadata.lifetime
        version = metadata.version
        identified = metadata.user.map { now.seconds(since: $0.identified) }
        successor = metadata.successor?.sessionTag
        hasTokens = metadata.tokenFamily != nil
    }
}
