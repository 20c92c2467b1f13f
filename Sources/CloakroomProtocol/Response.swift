// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// What the daemon answers (`docs/protocol.md`).
public enum Response: Hashable, Sendable {
    /// The answer to HELLO.
    case hello(Hello)
    /// The session's version and contents, and whether the daemon takes deferred writes now.
    case found(version: UInt64, data: SessionData, deferred: Bool = false)
    /// There is no such session; and whether the daemon takes deferred writes now.
    case absent(AbsenceReason, deferred: Bool = false)
    /// The write was carried out; the session's version now.
    case written(version: UInt64)
    /// The session is gone; whether there was one.
    case destroyed(existed: Bool)
    /// How many expired sessions were removed.
    case collected(count: UInt32)
    /// A sign of life.
    case pong
    /// The sessions of a user.
    case sessions([UserSession])
    /// How many sessions of a user ended, and whether the asker's own is among them.
    case ended(count: UInt32, own: Bool)
    /// A token for a browser to keep.
    case issued(IssuedToken)
    /// Whose token it was, when the first of its family was issued, and the one that takes its place; `nil` when another request was
    /// given that a moment ago.
    case remembered(UserName, since: UnixTime, next: IssuedToken?)
    /// The token is worth nothing.
    case notRemembered(TokenRefusal)
    /// The deferred write with this token was refused or failed. It is no answer: the next request's follows.
    case unwritten(token: UInt64, ProtocolError)
    /// The request was refused or failed.
    case error(ProtocolError)

    /// The fields of HELLO_OK.
    public struct Hello: Hashable, Sendable {
        /// The version that the daemon speaks.
        public var version: ProtocolVersion
        /// The nonce of the HELLO that this answers.
        public var nonce: UInt32
        /// Whether the daemon takes deferred writes now.
        public var deferred: Bool
        /// The greatest number of bytes of data in a session.
        public var maximumData: UInt32
        /// The longest wait for a lock, in milliseconds.
        public var lockWait: UInt32
        /// Where the user is found in `$_SESSION`; empty: nowhere. At most 255 bytes.
        public var sessionKey: String
        /// Where to look for a session that is unknown, in the syntax of PHP's `session.save_path`; empty: nowhere. At most 255 bytes.
        public var readThrough: String

        /// Joins the fields.
        public init(
            version: ProtocolVersion,
            nonce: UInt32,
            deferred: Bool = false,
            maximumData: UInt32,
            lockWait: UInt32,
            sessionKey: String = "",
            readThrough: String = ""
        ) {
            self.version = version
            self.nonce = nonce
            self.deferred = deferred
            self.maximumData = maximumData
            self.lockWait = lockWait
            self.sessionKey = sessionKey
            self.readThrough = readThrough
        }
    }

    /// A token, and for how long.
    public struct IssuedToken: Hashable, Sendable {
        /// The token.
        public var token: RememberToken
        /// For how many seconds it can be used.
        public var lifetime: UInt32

        /// Joins the fields.
        public init(token: RememberToken, lifetime: UInt32) {
            self.token = token
            self.lifetime = lifetime
        }
    }

    /// A session of a user.
    public struct UserSession: Hashable, Sendable {
        /// How it is named.
        public var tag: SessionTag
        /// Whether it is the asker's own.
        public var isOwn: Bool
        /// When it was made.
        public var created: UnixTime
        /// When it was last written or touched.
        public var lastSeen: UnixTime
        /// The network that it was made from; empty when none was known. At most 255 bytes, as the next.
        public var network: String
        /// The browser that it was made by.
        public var browser: String

        /// Joins the fields.
        public init(
            tag: SessionTag,
            isOwn: Bool,
            created: UnixTime,
            lastSeen: UnixTime,
            network: String,
            browser: String
        ) {
            self.tag = tag
            self.isOwn = isOwn
            self.created = created
            self.lastSeen = lastSeen
            self.network = network
            self.browser = browser
        }

        /// How many bytes it takes.
        public var encodedSize: Int { 25 + network.utf8.count + browser.utf8.count }
    }
}

extension Response {
    /// The first byte of an answer's frame.
    enum Operation: UInt8 {
        case hello = 0x81
        case found = 0x82
        case absent = 0x83
        case written = 0x84
        case destroyed = 0x85
        case collected = 0x86
        case pong = 0x87
        case unwritten = 0x88
        case sessions = 0x89
        case ended = 0x8a
        case issued = 0x8b
        case remembered = 0x8c
        case notRemembered = 0x8d
        case error = 0xff
    }

    /// The bit of the flags byte of HELLO_OK, FOUND and ABSENT: the daemon takes deferred writes now.
    static let deferredFlag: UInt8 = 1

    /// The bit of the flags byte of ENDED, and of each session in SESSIONS_ARE: it is the asker's own.
    static let ownFlag: UInt8 = 1

    /// The bit of the flags byte of REMEMBERED: a new token follows.
    static let nextFlag: UInt8 = 1
}
