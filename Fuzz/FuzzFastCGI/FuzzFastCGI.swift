// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import FuzzDriver

/// Any bytes as what a FastCGI server answers: the first one says in how large pieces. In whatever pieces they come, the answer is
/// the same.
@main
enum FuzzFastCGI {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        guard let size = input.first else { return }
        let bytes = Array(input.dropFirst())
        let whole = reply(bytes, size: bytes.count)
        let parts = reply(bytes, size: Int(size))
        precondition((whole == nil) == (parts == nil), "it is refused in pieces only, or as a whole only")
        guard let whole, let parts else { return }
        precondition(
            whole.output == parts.output && whole.errors == parts.errors && whole.isComplete == parts.isComplete
        )
        precondition(
            whole.output.count <= FastCGIReply.maximumOutput && whole.errors.count <= FastCGIReply.maximumErrors
        )
        if let response = CGIResponse(whole.output) {
            precondition((100...599).contains(response.status) && response.body.count < whole.output.count)
        }
        _ = PoolProbe.outcome(whole, "")
    }

    private static func reply(_ bytes: [UInt8], size: Int) -> FastCGIReply? {
        var reply = FastCGIReply()
        var rest = bytes[...]
        do {
            while !rest.isEmpty {
                try reply.take(rest.prefix(max(1, size)))
                rest = rest.dropFirst(max(1, size))
            }
        } catch { return nil }
        return reply
    }
}
