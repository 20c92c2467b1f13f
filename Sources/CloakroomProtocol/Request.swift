// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// What a client asks (`docs/protocol.md`).
public enum Request: Hashable, Sendable {
    /// Begins a connection, and each PHP request on a connection that is kept.
    case hello(Hello)
    /// Asks for a session's contents.
    case read(Read)
    /// Stores a session's contents.
    case write(Write)
    /// Moves a session's expiry.
    case touch(Touch)
    /// Releases the lock that the connection holds.
    case release
    /// Removes a session.
    case destroy(SessionReference)
    /// Removes a session's contents because another id takes its place, and remembers that.
    case retire(SessionReference)
    /// Removes expired sessions; the lifetime is PHP's, in seconds.
    case collect(lifetime: UInt32)
    /// Asks for a sign of life.
    case ping
    /// Asks for the sessions of a user.
    case sessions(Sessions)
    /// Ends sessions of a user.
    case end(End)
    /// Makes a token by which a user's browser is known again.
    case remember(UserName)
    /// Asks whose token it is, and for the next one.
    case redeem(RememberToken)
    /// Ends a token.
    case forget(RememberToken)
    /// Brings a session that another handler kept.
    case adopt(Adopt)

    /// The fields of HELLO.
    public struct Hello: Hashable, Sendable {
        /// The highest version that the client speaks.
        public var version: ProtocolVersion
        /// A number that comes back in the answer.
        public var nonce: UInt32
        /// What the client is doing, for people who look for the holder of a lock.
        public var label: RequestLabel
        /// The pool that the client believes to be in; `nil`: it leaves that to the daemon.
        public var pool: PoolName?
        /// What the client says of the browser that it serves.
        public var claims: ClientClaims

        /// Joins the fields.
        public init(
            version: ProtocolVersion,
            nonce: UInt32,
            label: RequestLabel = .none,
            pool: PoolName? = nil,
            claims: ClientClaims = .none
        ) {
            self.version = version
            self.nonce = nonce
            self.label = label
            self.pool = pool
            self.claims = claims
        }
    }

    /// The fields of READ.
    public struct Read: Hashable, Sendable {
        /// The session.
        public var session: SessionReference
        /// Whether to answer only when the connection holds the session's lock.
        public var lock: Bool
        /// The longest wait for the lock in milliseconds; 0 means the daemon's own limit.
        public var wait: UInt32
        /// Whether a browser sent the id, and the client has not just made it.
        public var presented: Bool
        /// The session whose place this one takes under a new id, or `nil`.
        public var previous: SessionReference?

        /// Joins the fields.
        public init(
            session: SessionReference,
            lock: Bool,
            wait: UInt32,
            presented: Bool = false,
            previous: SessionReference? = nil
        ) {
            self.session = session
            self.lock = lock
            self.wait = wait
            self.presented = presented
            self.previous = previous
        }
    }

    /// The fields of WRITE.
    public struct Write: Hashable, Sendable {
        /// The session.
        public var session: SessionReference
        /// The version that was read; 0 for a session that was absent.
        public var version: UInt64
        /// A random number, not 0, by which a repeated write is known.
        public var token: UInt64
        /// Seconds until the session expires.
        public var lifetime: UInt32
        /// Whether to release the lock in the same step.
        public var release: Bool
        /// Whether the client does not wait: it is answered only with UNWRITTEN, and carried out also when it has gone.
        public var deferred: Bool
        /// Whom the session belongs to from now on; `nil`: to whom it did before.
        public var identification: Identification?
        /// Whether the user has just shown who it is, so that the time of the log-in begins anew although the session may have been that
        /// user's before. Only with a user.
        public var authenticated: Bool
        /// The contents.
        public var data: SessionData

        /// Joins the fields.
        public init(
            session: SessionReference,
            version: UInt64,
            token: UInt64,
            lifetime: UInt32,
            release: Bool,
            deferred: Bool = false,
            identification: Identification? = nil,
            authenticated: Bool = false,
            data: SessionData
        ) {
            self.session = session
            self.version = version
            self.token = token
            self.lifetime = lifetime
            self.release = release
            self.deferred = deferred
            self.identification = identification
            self.authenticated = authenticated
            self.data = data
        }
    }

    /// The fields of TOUCH.
    public struct Touch: Hashable, Sendable {
        /// The session.
        public var session: SessionReference
        /// The version that was read.
        public var version: UInt64
        /// Seconds until the session expires.
        public var lifetime: UInt32
        /// Whether to release the lock in the same step.
        public var release: Bool

        /// Joins the fields.
        public init(session: SessionReference, version: UInt64, lifetime: UInt32, release: Bool) {
            self.session = session
            self.version = version
            self.lifetime = lifetime
            self.release = release
        }
    }

    /// The fields of ADOPT.
    public struct Adopt: Hashable, Sendable {
        /// The session.
        public var session: SessionReference
        /// When it was made.
        public var created: UnixTime
        /// When it was used last.
        public var lastSeen: UnixTime
        /// How many seconds after that it expires.
        public var lifetime: UInt32
        /// The contents.
        public var data: SessionData

        /// Joins the fields.
        public init(
            session: SessionReference,
            created: UnixTime,
            lastSeen: UnixTime,
            lifetime: UInt32,
            data: SessionData
        ) {
            self.session = session
            self.created = created
            self.lastSeen = lastSeen
            self.lifetime = lifetime
            self.data = data
        }
    }

    /// The fields of SESSIONS.
    public struct Sessions: Hashable, Sendable {
        /// The user; `nil`: the one of the asker's session.
        public var user: UserName?
        /// The asker's own session.
        public var own: SessionReference

        /// Joins the fields.
        public init(user: UserName?, own: SessionReference) {
            self.user = user
            self.own = own
        }
    }

    /// The fields of END.
    public struct End: Hashable, Sendable {
        /// Which sessions end.
        public enum Selection: Hashable, Sendable {
            /// All of the user.
            case all
            /// All but the asker's own.
            case others
            /// One.
            case one(SessionTag)
        }

        /// Which sessions end.
        public var selection: Selection
        /// The user; `nil`: the one of the asker's session.
        public var user: UserName?
        /// The asker's own session.
        public var own: SessionReference

        /// Joins the fields.
        public init(_ selection: Selection, user: UserName?, own: SessionReference) {
            self.selection = selection
            self.user = user
            self.own = own
        }
    }
}

extension Request {
    /// The first byte of a request's frame.
    enum Operation: UInt8 {
        case hello = 0x01
        case read = 0x02
        case write = 0x03
        case touch = 0x04
        case release = 0x05
        case destroy = 0x06
        case collect = 0x07
        case ping = 0x08
        case retire = 0x09
        case sessions = 0x0a
        case end = 0x0b
        case remember = 0x0c
        case redeem = 0x0d
        case forget = 0x0e
        case adopt = 0x0f
    }

    /// The bits of the flags byte of READ, WRITE and TOUCH.
    enum Flag {
        /// Of READ: with the session's lock.
        static let lock: UInt8 = 1
        /// Of READ: a browser sent the id.
        static let presented: UInt8 = 2
        /// Of READ: it takes the place of another session, which is named behind it.
        static let replaces: UInt8 = 4
        /// Of WRITE and TOUCH: the lock is released in the same step.
        static let release: UInt8 = 1
        /// Of WRITE: not answered when it is carried out.
        static let deferred: UInt8 = 2
        /// Of WRITE: it says whom the session belongs to.
        static let identified: UInt8 = 4
        /// Of WRITE: the user has just logged in, again or for the first time.
        static let authenticated: UInt8 = 8
    }
}
