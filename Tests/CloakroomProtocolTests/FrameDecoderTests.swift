// SPDX-License-Identifier: Apache-2.0

import CloakroomProtocol
import NIOCore
import Testing

@Suite struct FrameDecoderTests {
    private let limits = FrameLimits(maximumData: 2048)

    @Test func framesComeOutHoweverTheBytesArrive() throws {
        var stream = ByteBuffer()
        var frames: [ByteBuffer] = []
        for (_, request) in try Samples.requests().sorted(by: { $0.key < $1.key }) {
            var encoded = ByteBuffer()
            request.encode(into: &encoded)
            frames.append(Samples.body(encoded))
            stream.writeBuffer(&encoded)
        }
        for size in [1, 2, 3, 5, 64, stream.readableBytes] {
            var (rest, buffer, decoded) = (stream, ByteBuffer(), [ByteBuffer]())
            let decoder = FrameDecoder(limits: limits)
            while rest.readableBytes > 0 {
                var piece = try #require(rest.readSlice(length: min(size, rest.readableBytes)))
                buffer.writeBuffer(&piece)
                while let frame = try decoder.decode(buffer: &buffer) { decoded.append(frame) }
            }
            #expect(decoded == frames, "in pieces of \(size)")
            #expect(buffer.readableBytes == 0)
        }
    }

    @Test func frameAtTheLimitIsTakenAndOneAboveIsRefusedBeforeItArrives() throws {
        let decoder = FrameDecoder(limits: limits)
        var largest = ByteBuffer(integer: UInt32(limits.maximumFrame))
        largest.writeRepeatingByte(7, count: limits.maximumFrame)
        #expect(try decoder.decode(buffer: &largest)?.readableBytes == limits.maximumFrame)
        var tooLarge = ByteBuffer(integer: UInt32(limits.maximumFrame + 1))
        #expect(throws: ProtocolError.self) { try decoder.decode(buffer: &tooLarge) }
    }

    @Test func lengthOfZeroIsRefused() {
        var empty = ByteBuffer(integer: UInt32(0))
        let error = #expect(throws: ProtocolError.self) { try FrameDecoder(limits: limits).decode(buffer: &empty) }
        #expect(error?.code == .malformed)
    }

    @Test func lengthOfAllOnesIsRefused() {
        var huge = ByteBuffer(integer: UInt32.max)
        let error = #expect(throws: ProtocolError.self) { try FrameDecoder(limits: limits).decode(buffer: &huge) }
        #expect(error?.code == .frameTooLarge)
    }
}
