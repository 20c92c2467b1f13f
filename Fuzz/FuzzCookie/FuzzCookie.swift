// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomGate
import FuzzDriver

/// A session's name, the end of a line, and any bytes as the header `Cookie`.
@main
enum FuzzCookie {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        guard let end = input.firstIndex(of: UInt8(ascii: "\n")), let name = SessionName(input[..<end]) else { return }
        let header = Array(input[(end + 1)...])
        let cookie = SessionCookie(header: header, name: name)
        if cookie.reading == .array { precondition(cookie.isContested, "an array that nobody sent") }
        guard case .value(let value) = cookie.reading else { return }
        precondition(value.count <= header.count, "decoding made a value longer")
        precondition(
            header.contains(where: {
                $0 == name.bytes[0] || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: " ")
            })
        )
        // A cookie of that name in front of all others is the one that counts, unless it makes PHP forget the others.
        guard SessionCookie(header: name.bytes + Array("=0".utf8), name: name).reading == .value([UInt8(ascii: "0")])
        else {
            return
        }
        let first = SessionCookie(header: name.bytes + Array("=0;".utf8) + header, name: name)
        precondition(first.isContested || first.reading == .value([UInt8(ascii: "0")]), "the first does not count")
    }
}
