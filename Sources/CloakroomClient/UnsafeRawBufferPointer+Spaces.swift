// SPDX-License-Identifier: Apache-2.0

extension UnsafeRawBufferPointer {
    /// The bytes without the spaces and tabs around them, the optional whitespace of RFC 9110, section 5.6.3.
    var withoutSpaces: UnsafeRawBufferPointer {
        var start = startIndex
        var end = endIndex
        while start < end, Self.isSpace(self[start]) { start += 1 }
        while start < end, Self.isSpace(self[end - 1]) { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: self[start..<end])
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
