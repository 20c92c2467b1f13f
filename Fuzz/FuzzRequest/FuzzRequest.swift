// SPDX-License-Identifier: Apache-2.0

import CloakroomProtocol
import NIOCore
import FuzzDriver

/// A stream of any bytes is cut into frames and each read as a request. What is accepted must be written back as the same
/// bytes: no message has two encodings.
@main
enum FuzzRequest {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        var stream = ByteBuffer(bytes: input)
        let decoder = FrameDecoder(limits: FrameLimits(maximumData: 4096))
        while let frame = (try? decoder.decode(buffer: &stream)) ?? nil {
            guard let request = try? Request(frame: frame) else { continue }
            var encoded = ByteBuffer()
            request.encode(into: &encoded)
            encoded.moveReaderIndex(forwardBy: FrameLimits.lengthField)
            precondition(encoded == frame, "an accepted request has another encoding")
        }
    }
}
