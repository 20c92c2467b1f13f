// SPDX-License-Identifier: Apache-2.0

import CloakroomProtocol
import NIOCore
import FuzzDriver

/// A stream of any bytes is cut into frames and each read as an answer; what is accepted is written back as the same bytes.
@main
enum FuzzResponse {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        var stream = ByteBuffer(bytes: input)
        let decoder = FrameDecoder(limits: FrameLimits(maximumData: 4096))
        while let frame = (try? decoder.decode(buffer: &stream)) ?? nil {
            guard let response = try? Response(frame: frame) else { continue }
            var encoded = ByteBuffer()
            response.encode(into: &encoded)
            encoded.moveReaderIndex(forwardBy: FrameLimits.lengthField)
            precondition(encoded == frame, "an accepted answer has another encoding")
        }
    }
}
