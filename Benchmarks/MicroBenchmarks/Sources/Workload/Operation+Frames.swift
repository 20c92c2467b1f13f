// SPDX-License-Identifier: Apache-2.0

import CloakroomProtocol
import NIOCore

extension Operation {
    /// Frames: what a connection does before and after the rules.
    static let frames = [
        decoding("decode READ") { .read(Request.Read(session: try Samples.session(0), lock: true, wait: 0)) },
        decoding("decode WRITE 2 KiB") {
            .write(
                Request.Write(
                    session: try Samples.session(0),
                    version: 1,
                    token: 1,
                    lifetime: 1440,
                    release: true,
                    data: Samples.data()
                )
            )
        },
        encoding("encode FOUND 2 KiB") { .found(version: 1, data: Samples.data()) },
    ]

    private static func decoding(_ name: String, _ request: @escaping @Sendable () throws -> Request) -> Operation {
        Operation(name) {
            let frame = try encoded(request())
            let decoder = FrameDecoder(limits: FrameLimits(maximumData: Samples.maximumData))
            return { count in
                for _ in 0..<count {
                    var buffer = frame
                    let frame = try require(decoder.decode(buffer: &buffer), "a frame")
                    _ = try Request(frame: frame)
                }
            }
        }
    }

    private static func encoded(_ request: Request) -> ByteBuffer {
        var buffer = ByteBuffer()
        request.encode(into: &buffer)
        return buffer
    }

    private static func encoding(_ name: String, _ response: @escaping @Sendable () -> Response) -> Operation {
        Operation(name) {
            let response = response()
            let allocator = ByteBufferAllocator()
            return { count in
                for _ in 0..<count {
                    var buffer = allocator.buffer(capacity: response.encodedSize)
                    response.encode(into: &buffer)
                    guard buffer.readableBytes > 0 else { throw WorkloadError("expected a frame") }
                }
            }
        }
    }
}
