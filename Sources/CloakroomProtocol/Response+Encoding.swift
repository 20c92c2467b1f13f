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
        // The longest of the others is HELLO_OK.
        case .hello, .absent, .written, .destroyed, .collected, .pong: FrameLimits.lengthField + 16
        }
    }

    private func encodeFields(into buffer: inout ByteBuffer) {
        switch self {
        case .hello(let hello):
            buffer.writeMultipleIntegers(Operation.hello.rawValue, hello.version.rawValue)
            buffer.writeMultipleIntegers(hello.nonce, Self.flags(hello.deferred), hello.maximumData, hello.lockWait)
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
        case .unwritten(let token, let error):
            buffer.writeMultipleIntegers(Operation.unwritten.rawValue, token, error.code.rawValue)
            buffer.writeString(error.message)
        case .error(let error):
            let closes: UInt8 = error.code.closesConnection ? 1 : 0
            buffer.writeMultipleIntegers(Operation.error.rawValue, error.code.rawValue, closes)
            buffer.writeString(error.message)
        }
    }

    private static func flags(_ deferred: Bool) -> UInt8 { deferred ? deferredFlag : 0 }
}
