// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import NIOCore

/// Takes the fields of one frame, in order, and says which one is wrong.
struct FieldReader {
    private var buffer: ByteBuffer

    init(_ frame: ByteBuffer) { buffer = frame }

    mutating func integer<Value: FixedWidthInteger>(
        _ type: Value.Type,
        _ field: String
    ) throws(ProtocolError) -> Value {
        guard let value = buffer.readInteger(as: type) else { throw Self.truncated(field) }
        return value
    }

    /// The flags byte, which has no other bits than those that are defined.
    mutating func flags(_ defined: UInt8) throws(ProtocolError) -> UInt8 {
        let flags = try integer(UInt8.self, "flags")
        guard flags & ~defined == 0 else {
            throw ProtocolError(.malformed, "flags 0x\(String(flags, radix: 16)) has bits that are not defined")
        }
        return flags
    }

    mutating func session() throws(ProtocolError) -> SessionReference {
        let name = try slice(Int(integer(UInt8.self, "name")), "name")
        let id = try slice(Int(integer(UInt16.self, "id")), "id")
        let session = name.withUnsafeReadableBytes { name in
            id.withUnsafeReadableBytes { id in SessionReference(name: name, id: id) }
        }
        if let session { return session }
        guard name.readableBytes > 0 else { throw ProtocolError(.malformed, "the session name is empty") }
        throw ProtocolError(
            .badSessionID,
            "a session id is 1 to \(SessionID.maximumLength) characters of [A-Za-z0-9,-]; this one is not"
        )
    }

    /// Whom a session belongs to from now on: a length of one byte and a name; without one, to nobody.
    mutating func identification() throws(ProtocolError) -> Identification {
        try user().map { .user($0) } ?? .nobody
    }

    /// A length of one byte and the name of a user; `nil` for length 0.
    mutating func user() throws(ProtocolError) -> UserName? {
        UserName(try slice(Int(integer(UInt8.self, "user")), "user").readableBytesView)
    }

    /// 48 bytes.
    mutating func token() throws(ProtocolError) -> RememberToken {
        guard let token = RememberToken(try slice(RememberToken.length, "token").readableBytesView) else {
            throw Self.truncated("token")
        }
        return token
    }

    /// Six bytes.
    mutating func tag() throws(ProtocolError) -> SessionTag {
        let bits = UInt64(try integer(UInt16.self, "tag")) << 32 | UInt64(try integer(UInt32.self, "tag"))
        return SessionTag(bits: bits)
    }

    /// A length of one byte and that much UTF-8.
    mutating func shortText(_ field: String) throws(ProtocolError) -> String {
        let bytes = try slice(Int(integer(UInt8.self, field)), field).readableBytesView
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ProtocolError(.malformed, "the field \"\(field)\" is not UTF-8")
        }
        return text
    }

    mutating func label() throws(ProtocolError) -> RequestLabel {
        let length = Int(try integer(UInt8.self, "label"))
        // A length of one byte is always within the limit.
        let bytes = try slice(length, "label").readableBytesView
        return RequestLabel(bytes) ?? .none
    }

    /// A length of one byte and the name of a pool; `nil` for length 0.
    mutating func pool() throws(ProtocolError) -> PoolName? {
        let bytes = try slice(Int(integer(UInt8.self, "pool")), "pool").readableBytesView
        if bytes.isEmpty { return nil }
        guard let pool = PoolName(bytes) else {
            throw ProtocolError(
                .malformed,
                "the name of a pool is 1 to \(PoolName.maximumLength) characters of [a-z0-9_-], of which the first is a letter or "
                    + "a digit; this one is not"
            )
        }
        return pool
    }

    /// What a client says of its browser: five fields, each with a length of two bytes.
    mutating func claims() throws(ProtocolError) -> ClientClaims {
        ClientClaims(
            address: try claim("address"),
            agent: try claim("user agent"),
            forwardedFor: try claim("X-Forwarded-For"),
            realIP: try claim("X-Real-IP"),
            forwarded: try claim("Forwarded")
        )
    }

    private mutating func claim(_ field: String) throws(ProtocolError) -> [UInt8] {
        let length = Int(try integer(UInt16.self, field))
        guard let bytes = buffer.readBytes(length: length) else { throw Self.truncated(field) }
        return bytes
    }

    mutating func remainder() -> SessionData {
        SessionData(buffer.readBytes(length: buffer.readableBytes) ?? [])
    }

    /// A byte that is 0 or 1.
    mutating func boolean(_ field: String) throws(ProtocolError) -> Bool {
        switch try integer(UInt8.self, field) {
        case 0: return false
        case 1: return true
        default: throw ProtocolError(.malformed, "the field \"\(field)\" is neither 0 nor 1")
        }
    }

    /// The fields of ERROR.
    mutating func error() throws(ProtocolError) -> ProtocolError {
        let code = ErrorCode(rawValue: try integer(UInt16.self, "code"))
        guard try boolean("closes") == code.closesConnection else {
            throw ProtocolError(.malformed, "error \(code.rawValue) and its closing flag disagree")
        }
        return ProtocolError(code, try text())
    }

    /// The rest of the frame as UTF-8.
    mutating func text() throws(ProtocolError) -> String {
        guard let text = String(validating: remainder().bytes, as: UTF8.self) else {
            throw ProtocolError(.malformed, "a text that is not UTF-8")
        }
        return text
    }

    func finish() throws(ProtocolError) {
        guard buffer.readableBytes == 0 else {
            throw ProtocolError(.malformed, "\(buffer.readableBytes) bytes after the last field")
        }
    }

    private mutating func slice(_ length: Int, _ field: String) throws(ProtocolError) -> ByteBuffer {
        guard let slice = buffer.readSlice(length: length) else { throw Self.truncated(field) }
        return slice
    }

    private static func truncated(_ field: String) -> ProtocolError {
        ProtocolError(.malformed, "the frame ends within the field \"\(field)\"")
    }
}
