// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
public import NIOCore

extension Response {
    /// Reads an answer from a frame: what a client does.
    ///
    /// - Throws: ``ProtocolError`` naming what is wrong with the frame.
    public init(frame: ByteBuffer) throws(ProtocolError) {
        var fields = FieldReader(frame)
        let code = try fields.integer(UInt8.self, "operation")
        guard let operation = Operation(rawValue: code) else {
            throw ProtocolError(.unknownOperation, "unknown answer \(code)")
        }
        self = try Self.decode(operation, from: &fields)
        try fields.finish()
    }

    private static func decode(
        _ operation: Operation,
        from fields: inout FieldReader
    ) throws(ProtocolError) -> Response {
        switch operation {
        case .hello:
            return .hello(
                Hello(
                    version: ProtocolVersion(rawValue: try fields.integer(UInt16.self, "version")),
                    nonce: try fields.integer(UInt32.self, "nonce"),
                    deferred: try fields.flags(deferredFlag) != 0,
                    maximumData: try fields.integer(UInt32.self, "maximum data"),
                    lockWait: try fields.integer(UInt32.self, "lock wait"),
                    sessionKey: try fields.shortText("session key"),
                    readThrough: try fields.shortText("read through")
                )
            )
        case .found:
            let deferred = try fields.flags(deferredFlag) != 0
            let version = try fields.integer(UInt64.self, "version")
            return .found(version: version, data: fields.remainder(), deferred: deferred)
        case .absent:
            let deferred = try fields.flags(deferredFlag) != 0
            return .absent(AbsenceReason(rawValue: try fields.integer(UInt8.self, "reason")), deferred: deferred)
        case .written:
            return .written(version: try fields.integer(UInt64.self, "version"))
        case .destroyed:
            return .destroyed(existed: try fields.boolean("existed"))
        case .collected:
            return .collected(count: try fields.integer(UInt32.self, "count"))
        case .pong:
            return .pong
        case .sessions:
            return .sessions(try sessions(from: &fields))
        case .ended:
            let own = try fields.flags(ownFlag) != 0
            return .ended(count: try fields.integer(UInt32.self, "count"), own: own)
        case .issued:
            return .issued(try issuedToken(from: &fields))
        case .remembered:
            let hasNext = try fields.flags(nextFlag) != 0
            let next = hasNext ? try issuedToken(from: &fields) : nil
            let since = UnixTime(seconds: try fields.integer(UInt64.self, "since"))
            guard let user = try fields.user() else { throw ProtocolError(.malformed, "the name of the user is empty") }
            return .remembered(user, since: since, next: next)
        case .notRemembered:
            return .notRemembered(TokenRefusal(rawValue: try fields.integer(UInt8.self, "reason")))
        case .unwritten:
            return .unwritten(token: try fields.integer(UInt64.self, "token"), try refusal(from: &fields))
        case .error:
            return .error(try fields.error())
        }
    }

    private static func sessions(from fields: inout FieldReader) throws(ProtocolError) -> [UserSession] {
        var sessions: [UserSession] = []
        for _ in 0..<(try fields.integer(UInt16.self, "count")) {
            let tag = try fields.tag()
            let isOwn = try fields.flags(ownFlag) != 0
            sessions.append(
                UserSession(
                    tag: tag,
                    isOwn: isOwn,
                    created: UnixTime(seconds: try fields.integer(UInt64.self, "created")),
                    lastSeen: UnixTime(seconds: try fields.integer(UInt64.self, "last seen")),
                    network: try fields.shortText("network"),
                    browser: try fields.shortText("browser")
                )
            )
        }
        return sessions
    }

    private static func issuedToken(from fields: inout FieldReader) throws(ProtocolError) -> IssuedToken {
        IssuedToken(token: try fields.token(), lifetime: try fields.integer(UInt32.self, "lifetime"))
    }

    /// The code and text of UNWRITTEN.
    private static func refusal(from fields: inout FieldReader) throws(ProtocolError) -> ProtocolError {
        let code = ErrorCode(rawValue: try fields.integer(UInt16.self, "code"))
        guard !code.closesConnection else {
            throw ProtocolError(.malformed, "error \(code.rawValue) ends the connection and is no reason for UNWRITTEN")
        }
        return ProtocolError(code, try fields.text())
    }
}
