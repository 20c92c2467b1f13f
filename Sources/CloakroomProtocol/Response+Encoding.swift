// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
public import NIOCore

extension Response {
    /// Appends the answer to a buffer, as one frame with its length.
    public func encode(into buffer: inout ByteBuffer) {
        buffer.writeFrame(encodeFields)
    }

    /// How many bytes the answer takes, at most.
    public var encodedSize: Int {
        switch self {
        case .found(_, let data, _): FrameLimits.lengthField + 10 + data.count
        case .unwritten(_, let error): FrameLimits.lengthField + 11 + error.message.utf8.count
        case .error(let error): FrameLimits.lengthField + 4 + error.message.utf8.count
        case .hello(let hello):
            FrameLimits.lengthField + 18 + hello.sessionKey.utf8.count + hello.readThrough.utf8.count
        case .sessions(let sessions): FrameLimits.lengthField + sessions.reduce(3) { $0 + $1.encodedSize }
        case .ended: FrameLimits.lengthField + 6
        case .issued: FrameLimits.lengthField + 5 + RememberToken.length
        case .remembered(let user, _, _): FrameLimits.lengthField + 15 + RememberToken.length + user.bytes.count
        // The longest of the others is WRITTEN.
        case .absent, .written, .destroyed, .collected, .pong, .notRemembered: FrameLimits.lengthField + 9
        }
    }

    private func encodeFields(into buffer: inout ByteBuffer) {
        switch self {
        case .hello(let hello):
            buffer.writeMultipleIntegers(Operation.hello.rawValue, hello.version.rawValue)
            buffer.writeMultipleIntegers(hello.nonce, Self.flags(hello.deferred), hello.maximumData, hello.lockWait)
            buffer.writeShortText(hello.sessionKey)
            buffer.writeShortText(hello.readThrough)
        case .found(let version, let data, let deferred):
            buffer.writeMultipleIntegers(Operation.found.rawValue, Self.flags(deferred), version)
            buffer.writeBytes(data.bytes)
        case .absent(let reason, let deferred):
            buffer.writeMultipleIntegers(Operation.absent.rawValue, Self.flags(deferred), reason.rawValue)
        case .written(let version):
            buffer.writeMultipleIntegers(Operation.written.rawValue, version)
        case .destroyed(let existed):
            buffer.writeMultipleIntegers(Operation.destroyed.rawValue, existed ? UInt8(1) : 0)
        case .collected(let count):
            buffer.writeMultipleIntegers(Operation.collected.rawValue, count)
        case .pong:
            buffer.writeInteger(Operation.pong.rawValue)
        case .sessions(let sessions):
            buffer.writeMultipleIntegers(Operation.sessions.rawValue, UInt16(clamping: sessions.count))
            for session in sessions.prefix(Int(UInt16.max)) { buffer.writeUserSession(session) }
        case .ended(let count, let own):
            buffer.writeMultipleIntegers(Operation.ended.rawValue, own ? Self.ownFlag : 0, count)
        case .issued(let issued):
            buffer.writeInteger(Operation.issued.rawValue)
            buffer.writeIssuedToken(issued)
        case .remembered(let user, let since, let next):
            buffer.writeMultipleIntegers(Operation.remembered.rawValue, next == nil ? 0 : Self.nextFlag)
            if let next { buffer.writeIssuedToken(next) }
            buffer.writeInteger(since.seconds)
            buffer.writeUser(user)
        case .notRemembered(let reason):
            buffer.writeMultipleIntegers(Operation.notRemembered.rawValue, reason.rawValue)
        case .unwritten(let token, let error):
            buffer.writeMultipleIntegers(Operation.unwritten.rawValue, token, error.code.rawValue)
            buffer.writeString(error.message)
        case .error(let error):
            buffer.writeInteger(Operation.error.rawValue)
            buffer.writeError(error)
        }
    }

    private static func flags(_ deferred: Bool) -> UInt8 { deferred ? deferredFlag : 0 }
}

extension ByteBuffer {
    /// Writes the fields of ERROR.
    mutating func writeError(_ error: ProtocolError) {
        writeMultipleIntegers(error.code.rawValue, error.code.closesConnection ? UInt8(1) : 0)
        writeString(error.message)
    }

    mutating func writeShortText(_ text: String) {
        let bytes = text.utf8.prefix(Int(UInt8.max))
        writeInteger(UInt8(bytes.count))
        writeBytes(bytes)
    }

    fileprivate mutating func writeIssuedToken(_ issued: Response.IssuedToken) {
        writeBytes(issued.token.bytes)
        writeInteger(issued.lifetime)
    }

    fileprivate mutating func writeUserSession(_ session: Response.UserSession) {
        writeTag(session.tag)
        writeMultipleIntegers(
            session.isOwn ? Response.ownFlag : 0,
            session.created.seconds,
            session.lastSeen.seconds
        )
        writeShortText(session.network)
        writeShortText(session.browser)
    }
}
