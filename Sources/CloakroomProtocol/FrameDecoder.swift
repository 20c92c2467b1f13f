// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// Cuts a stream of bytes into frames. It keeps nothing of its own: a frame stays in the buffer until it is complete.
public struct FrameDecoder: NIOSingleStepByteToMessageDecoder, Sendable {
    /// A frame without its length: the operation and its fields.
    public typealias InboundOut = ByteBuffer

    private let maximumFrame: Int

    /// A decoder for frames within `limits`.
    public init(limits: FrameLimits) { self.init(maximumFrame: limits.maximumFrame) }

    /// A decoder for frames of at most so many bytes.
    public init(maximumFrame: Int) { self.maximumFrame = maximumFrame }

    /// The next frame, or `nil` when it is not complete.
    ///
    /// - Throws: ``ProtocolError`` for a length of 0 or one above the limit, as soon as the length is there.
    public func decode(buffer: inout ByteBuffer) throws -> ByteBuffer? {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return nil }
        guard length > 0 else { throw ProtocolError(.malformed, "a frame of length 0") }
        guard length <= maximumFrame else {
            throw ProtocolError(.frameTooLarge, "a frame of \(length) bytes; the limit is \(maximumFrame)")
        }
        guard buffer.readableBytes >= FrameLimits.lengthField + Int(length) else { return nil }
        buffer.moveReaderIndex(forwardBy: FrameLimits.lengthField)
        return buffer.readSlice(length: Int(length))
    }

    /// Nothing more comes out at the end of the stream than in its middle.
    public func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> ByteBuffer? {
        try decode(buffer: &buffer)
    }
}
