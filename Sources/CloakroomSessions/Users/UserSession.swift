// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
import CloakroomCrypto

/// What a user is shown of one of his sessions.
public struct UserSession: Hashable, Sendable {
    /// How it is named: it does not lead to the id.
    public let tag: SessionTag
    /// Whether it is the one of whoever asks.
    public let isOwn: Bool
    /// When the first one of its ids was made.
    public let created: UnixTime
    /// When it was last written or touched.
    public let lastSeen: UnixTime
    /// The network that it was made from, such as `192.0.0.0/16`; empty when none was known.
    public let network: String
    /// The browser that it was made by, such as `Firefox on Windows`; empty when none was known.
    public let browser: String

    init(_ metadata: SessionMetadata, at address: SessionAddress, isOwn: Bool) {
        tag = address.sessionTag
        self.isOwn = isOwn
        created = metadata.created
        lastSeen = metadata.lastSeen
        network = metadata.binding.networkText
        browser = metadata.binding.browserText
    }
}

/// Which sessions of a user are to end.
public enum UserSessionSelection: Hashable, Sendable {
    /// All of them.
    case all
    /// All but the one of whoever asks.
    case others
    /// One.
    case one(SessionTag)
}

/// What became of a user's sessions.
public struct EndedSessions: Hashable, Sendable {
    /// How many ended that could have been used. Those that were over, or replaced, are not counted.
    public var count: Int
    /// Whether the session of whoever asked is among them.
    public var includesOwn: Bool

    /// None, unless said otherwise.
    public init(count: Int = 0, includesOwn: Bool = false) {
        self.count = count
        self.includesOwn = includesOwn
    }
}
