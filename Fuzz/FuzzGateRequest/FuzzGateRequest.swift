// SPDX-License-Identifier: Apache-2.0

import CloakroomProtocol
import NIOCore
import FuzzDriver

/// A stream of any bytes is cut into frames and each read as a request of the gate; what is accepted is written back as the same bytes.
@main
enum FuzzGateRequest {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        var stream = ByteBuffer(bytes: input)
        let decoder = FrameDecoder(maximumFrame: GateRequest.maximumFrame)
        while let frame = (try? decoder.decode(buffer: &stream)) ?? nil {
            guard let message = try? GateRequest(frame: frame) else { continue }
            var encoded = ByteBuffer()
            message.encode(into: &encoded)
            encoded.moveReaderIndex(forwardBy: FrameLimits.lengthField)
            precondition(encoded == frame, "an accepted message has another encoding")
        }
    }
}
