// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import FuzzDriver

/// Any bytes as the frames of a stream, and each as a request. One that is accepted is written and read again as the same.
@main
enum FuzzAdminRequest {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        var stream = input[...]
        while true {
            let length = stream.count < 4 ? nil : stream.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
            switch AdminFrame.cut(length: length, available: stream.count - AdminFrame.lengthField) {
            case .incomplete, .impossible: return
            case .message(let length):
                stream = stream.dropFirst(AdminFrame.lengthField)
                check(stream.prefix(length))
                stream = stream.dropFirst(length)
            }
        }
    }

    private static func check(_ text: Slice<UnsafeRawBufferPointer>) {
        guard let request = try? AdminJSON.decode(AdminRequest.self, from: text) else { return }
        guard let bytes = try? AdminFrame.bytes(of: request) else {
            // Escapes may make a text longer than a frame may be; nothing else does.
            precondition(text.count > AdminFrame.maximumLength / 8, "an accepted request cannot be written")
            return
        }
        let again = try? AdminJSON.decode(AdminRequest.self, from: bytes.dropFirst(AdminFrame.lengthField))
        precondition(again == request, "an accepted request is another one when it is read again")
    }
}
