// SPDX-License-Identifier: Apache-2.0

/// The words of a user agent, from left to right, those of comments among them. Comments may be within comments, and a
/// parenthesis too many does no harm.
struct UserAgentWords: Sequence, IteratorProtocol {
    private let text: UnsafeRawBufferPointer
    private var position = 0
    private var depth = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    mutating func next() -> UserAgentWord? {
        while position < text.count, Self.isSeparator(text[position]) {
            switch text[position] {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): if depth > 0 { depth -= 1 }
            default: break
            }
            position += 1
        }
        guard position < text.count else { return nil }
        let start = position
        while position < text.count, !Self.isSeparator(text[position]) { position += 1 }
        return UserAgentWord(UnsafeRawBufferPointer(rebasing: text[start..<position]), isInComment: depth > 0)
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...UInt8(ascii: " "), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ";"), UInt8(ascii: ","),
            UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "\""):
            true
        default:
            false
        }
    }
}
