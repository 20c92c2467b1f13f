// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
import FuzzDriver

/// Any bytes as a user agent and as an encoded family: each family has one encoding, and bytes beyond those that are
/// looked at change nothing.
@main
enum FuzzUserAgent {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        let family = UserAgent.family(of: input)
        let copy = family.bytes.withUnsafeBytes { UserAgentFamily(decoding: $0) }
        precondition(copy == family, "the encoding is another's")
        precondition(family.description.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }, "a text that is not for a log")
        precondition((family.brand == .other) == (family.program != nil), "a program without a name")
        let start = UnsafeRawBufferPointer(rebasing: input.prefix(UserAgent.maximumLength))
        precondition(UserAgent.family(of: start) == family, "the rest is looked at")
        if let decoded = UserAgentFamily(decoding: input) {
            precondition(decoded.bytes.elementsEqual(input), "a family with two encodings")
        }
    }
}
