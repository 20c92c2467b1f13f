// SPDX-License-Identifier: Apache-2.0

/// A parameter of an element of the header Forwarded, as in `for="[2001:db8::1]:4711"` (RFC 7239, section 4).
struct ForwardedParameter {
    private let name: UnsafeRawBufferPointer
    /// The value, of a quoted string what is between the marks. Backslashes stay: no address needs them.
    let value: UnsafeRawBufferPointer

    /// Whether it names whom the proxy forwards for. Names are the same in upper and lower case.
    var isFor: Bool { name.elementsEqual("for".utf8) { $0 | 0x20 == $1 } }

    /// Takes a parameter off the start of `text`, or answers `nil` and takes nothing when there is none.
    static func take(from text: inout UnsafeRawBufferPointer) -> ForwardedParameter? {
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")), equals > 0, text[..<equals].allSatisfy(isNamePart)
        else { return nil }
        let name = UnsafeRawBufferPointer(rebasing: text[..<equals])
        let rest = UnsafeRawBufferPointer(rebasing: text[(equals + 1)...])
        guard rest.first == UInt8(ascii: "\"") else {
            let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.count
            text = UnsafeRawBufferPointer(rebasing: rest[end...])
            return Self(name: name, value: UnsafeRawBufferPointer(rebasing: rest[..<end]).withoutSpaces)
        }
        guard let end = endOfQuotedString(rest) else { return nil }
        text = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
        return Self(name: name, value: UnsafeRawBufferPointer(rebasing: rest[1..<end]))
    }

    /// The position of the mark that ends the string, whose first byte is the mark that begins it.
    private static func endOfQuotedString(_ text: UnsafeRawBufferPointer) -> Int? {
        var index = 1
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\""): return index
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        return nil
    }

    // The names of all registered parameters are letters; what else a token may have (RFC 9110, section 5.6.2) is here
    // for those that are not.
    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default:
            false
        }
    }
}
