// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
public import NIOCore

extension Request {
    /// Appends the request to a buffer, as one frame with its length.
    public func encode(into buffer: inout ByteBuffer) {
        buffer.writeFrame { buffer in
            buffer.writeInteger(operation.rawValue)
            encodeFields(into: &buffer)
        }
    }

    private var operation: Operation {
        switch self {
        case .hello: .hello
        case .read: .read
        case .write: .write
        case .touch: .touch
        case .release: .release
        case .destroy: .destroy
        case .collect: .collect
        case .ping: .ping
        case .retire: .retire
        case .sessions: .sessions
        case .end: .end
        case .remember: .remember
        case .redeem: .redeem
        case .forget: .forget
        case .adopt: .adopt
        }
    }

    private func encodeFields(into buffer: inout ByteBuffer) {
        switch self {
        case .hello(let hello):
            buffer.writeMultipleIntegers(hello.version.rawValue, hello.nonce, UInt8(hello.label.bytes.count))
            buffer.writeBytes(hello.label.bytes)
            buffer.writePool(hello.pool)
            buffer.writeClaims(hello.claims)
        case .read(let read):
            let flags =
                (read.lock ? Flag.lock : 0) | (read.presented ? Flag.presented : 0)
                | (read.previous == nil ? 0 : Flag.replaces)
            buffer.writeMultipleIntegers(flags, read.wait)
            buffer.writeSession(read.session)
            if let previous = read.previous { buffer.writeSession(previous) }
        case .write(let write):
            let flags =
                (write.release ? Flag.release : 0) | (write.deferred ? Flag.deferred : 0)
                | (write.identification == nil ? 0 : Flag.identified) | (write.authenticated ? Flag.authenticated : 0)
            buffer.writeMultipleIntegers(flags, write.version, write.token, write.lifetime)
            buffer.writeSession(write.session)
            switch write.identification {
            case nil: break
            case .nobody: buffer.writeUser(nil)
            case .user(let name): buffer.writeUser(name)
            }
            buffer.writeBytes(write.data.bytes)
        case .touch(let touch):
            buffer.writeMultipleIntegers(touch.release ? Flag.release : 0, touch.version, touch.lifetime)
            buffer.writeSession(touch.session)
        case .destroy(let session), .retire(let session):
            buffer.writeSession(session)
        case .collect(let lifetime):
            buffer.writeInteger(lifetime)
        case .remember(let user):
            buffer.writeUser(user)
        case .redeem(let token), .forget(let token):
            buffer.writeBytes(token.bytes)
        case .adopt(let adopt):
            buffer.writeMultipleIntegers(adopt.created.seconds, adopt.lastSeen.seconds, adopt.lifetime)
            buffer.writeSession(adopt.session)
            buffer.writeBytes(adopt.data.bytes)
        case .sessions(let sessions):
            buffer.writeUser(sessions.user)
            buffer.writeSession(sessions.own)
        case .end(let end):
            let (which, tag): (UInt8, SessionTag?) =
                switch end.selection {
                case .all: (0, nil)
                case .others: (1, nil)
                case .one(let tag): (2, tag)
                }
            buffer.writeInteger(which)
            buffer.writeUser(end.user)
            buffer.writeSession(end.own)
            if let tag { buffer.writeTag(tag) }
        case .release, .ping:
            break
        }
    }
}

extension ByteBuffer {
    /// Writes what `fields` writes, preceded by its length.
    mutating func writeFrame(_ fields: (inout ByteBuffer) -> Void) {
        let start = writerIndex
        writeInteger(UInt32(0))
        fields(&self)
        // A frame's length is bounded by FrameLimits long before it could exceed 32 bits.
        setInteger(UInt32(writerIndex - start - FrameLimits.lengthField), at: start)
    }

    /// Writes six bytes.
    mutating func writeTag(_ tag: SessionTag) {
        writeMultipleIntegers(UInt16(tag.bits >> 32), UInt32(truncatingIfNeeded: tag.bits))
    }

    mutating func writeUser(_ user: UserName?) {
        let name = user?.bytes ?? []
        writeInteger(UInt8(name.count))
        writeBytes(name)
    }

    /// Writes a length of one byte and the name; length 0 for none.
    mutating func writePool(_ pool: PoolName?) {
        let name = pool?.bytes ?? []
        writeInteger(UInt8(name.count))
        writeBytes(name)
    }

    mutating func writeClaims(_ claims: ClientClaims) {
        for field in [claims.address, claims.agent, claims.forwardedFor, claims.realIP, claims.forwarded] {
            writeInteger(UInt16(clamping: field.count))
            writeBytes(field.prefix(Int(UInt16.max)))
        }
    }

    mutating func writeSession(_ session: SessionReference) {
        writeInteger(UInt8(session.name.bytes.count))
        writeBytes(session.name.bytes)
        writeInteger(UInt16(session.id.bytes.count))
        writeBytes(session.id.bytes)
    }
}
