// SPDX-License-Identifier: Apache-2.0

import CloakroomProtocol
import NIOCore

/// A stream of any bytes is cut into frames and each read as a request. What is accepted must be written back as the same
/// bytes: no message has two encodings.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequest(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var stream = ByteBuffer(bytes: UnsafeBufferPointer(start: start, count: count))
    let decoder = FrameDecoder(limits: FrameLimits(maximumData: 4096))
    while let frame = (try? decoder.decode(buffer: &stream)) ?? nil {
        guard let request = try? Request(frame: frame) else { continue }
        var encoded = ByteBuffer()
        request.encode(into: &encoded)
        encoded.moveReaderIndex(forwardBy: FrameLimits.lengthField)
        precondition(encoded == frame, "an accepted request has another encoding")
    }
    return 0
}
