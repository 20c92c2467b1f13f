// SPDX-License-Identifier: Apache-2.0

import CloakroomProtocol
import NIOCore

/// A stream of any bytes is cut into frames and each read as an answer; what is accepted is written back as the same bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzResponse(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var stream = ByteBuffer(bytes: UnsafeBufferPointer(start: start, count: count))
    let decoder = FrameDecoder(limits: FrameLimits(maximumData: 4096))
    while let frame = (try? decoder.decode(buffer: &stream)) ?? nil {
        guard let response = try? Response(frame: frame) else { continue }
        var encoded = ByteBuffer()
        response.encode(into: &encoded)
        encoded.moveReaderIndex(forwardBy: FrameLimits.lengthField)
        precondition(encoded == frame, "an accepted answer has another encoding")
    }
    return 0
}
