// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
public import NIOCore

extension Request {
    /// Reads a request from a frame.
    ///
    /// - Throws: ``ProtocolError`` naming what is wrong with the frame.
    public init(frame: ByteBuffer) throws(ProtocolError) {
        var fields = FieldReader(frame)
        let code = try fields.integer(UInt8.self, "operation")
        guard let operation = Operation(rawValue: code) else {
            throw ProtocolError(.unknownOperation, "unknown operation \(code)")
        }
        self = try Self.decode(operation, from: &fields)
        try fields.finish()
    }

    private static func decode(
        _ operation: Operation,
        from fields: inout FieldReader
    ) throws(ProtocolError) -> Request {
        switch operation {
        case .hello:
            let version = ProtocolVersion(rawValue: try fields.integer(UInt16.self, "version"))
            let nonce = try fields.integer(UInt32.self, "nonce")
            let label = try fields.label()
            let pool = try fields.pool()
            return .hello(
                Hello(version: version, nonce: nonce, label: label, pool: pool, claims: try fields.claims())
            )
        case .read:
            return .read(try read(from: &fields))
        case .write:
            return .write(try write(from: &fields))
        case .touch:
            return .touch(try touch(from: &fields))
        case .release:
            return .release
        case .destroy:
            return .destroy(try fields.session())
        case .retire:
            return .retire(try fields.session())
        case .collect:
            return .collect(lifetime: try fields.integer(UInt32.self, "lifetime"))
        case .ping:
            return .ping
        case .sessions:
            return .sessions(Sessions(user: try fields.user(), own: try fields.session()))
        case .end:
            return .end(try end(from: &fields))
        case .remember:
            guard let user = try fields.user() else { throw ProtocolError(.malformed, "the name of the user is empty") }
            return .remember(user)
        case .redeem:
            return .redeem(try fields.token())
        case .forget:
            return .forget(try fields.token())
        case .adopt:
            return .adopt(try adopt(from: &fields))
        }
    }

    private static func read(from fields: inout FieldReader) throws(ProtocolError) -> Read {
        let flags = try fields.flags(Flag.lock | Flag.presented | Flag.replaces)
        let wait = try fields.integer(UInt32.self, "wait")
        return Read(
            session: try fields.session(),
            lock: flags & Flag.lock != 0,
            wait: wait,
            presented: flags & Flag.presented != 0,
            previous: flags & Flag.replaces != 0 ? try fields.session() : nil
        )
    }

    private static func write(from fields: inout FieldReader) throws(ProtocolError) -> Write {
        let flags = try fields.flags(Flag.release | Flag.deferred | Flag.identified | Flag.authenticated)
        let isDeferred = flags & Flag.deferred != 0
        let version = try fields.integer(UInt64.self, "version")
        let token = try fields.integer(UInt64.self, "token")
        guard token != 0 else { throw ProtocolError(.malformed, "the token of a WRITE is 0") }
        let lifetime = try fields.integer(UInt32.self, "lifetime")
        let session = isDeferred ? try unansweredSession(from: &fields) : try fields.session()
        let identification = flags & Flag.identified != 0 ? try fields.identification() : nil
        let isAuthenticated = flags & Flag.authenticated != 0
        if isAuthenticated {
            guard case .user = identification else {
                throw ProtocolError(.malformed, "a WRITE is authenticated, but says no user")
            }
        }
        return Write(
            session: session,
            version: version,
            token: token,
            lifetime: lifetime,
            release: flags & Flag.release != 0,
            deferred: isDeferred,
            identification: identification,
            authenticated: isAuthenticated,
            data: fields.remainder()
        )
    }

    private static func touch(from fields: inout FieldReader) throws(ProtocolError) -> Touch {
        let release = try fields.flags(Flag.release) != 0
        let version = try fields.integer(UInt64.self, "version")
        let lifetime = try fields.integer(UInt32.self, "lifetime")
        let session = try unansweredSession(from: &fields)
        return Touch(session: session, version: version, lifetime: lifetime, release: release)
    }

    private static func adopt(from fields: inout FieldReader) throws(ProtocolError) -> Adopt {
        let created = UnixTime(seconds: try fields.integer(UInt64.self, "created"))
        let lastSeen = UnixTime(seconds: try fields.integer(UInt64.self, "last seen"))
        let lifetime = try fields.integer(UInt32.self, "lifetime")
        return Adopt(
            session: try fields.session(),
            created: created,
            lastSeen: lastSeen,
            lifetime: lifetime,
            data: fields.remainder()
        )
    }

    private static func end(from fields: inout FieldReader) throws(ProtocolError) -> End {
        let which = try fields.integer(UInt8.self, "which")
        let user = try fields.user()
        let own = try fields.session()
        switch which {
        case 0: return End(.all, user: user, own: own)
        case 1: return End(.others, user: user, own: own)
        case 2: return End(.one(try fields.tag()), user: user, own: own)
        default: throw ProtocolError(.malformed, "the field \"which\" is \(which), and not 0, 1 or 2")
        }
    }

    /// The session of a request that has no answer: an error that leaves the connection open would be taken for the answer
    /// of the next one.
    private static func unansweredSession(from fields: inout FieldReader) throws(ProtocolError) -> SessionReference {
        do {
            return try fields.session()
        } catch  where error.code == .badSessionID {
            throw ProtocolError(.malformed, error.message)
        }
    }
}
