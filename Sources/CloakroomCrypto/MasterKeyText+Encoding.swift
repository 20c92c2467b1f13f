// SPDX-License-Identifier: Apache-2.0

extension MasterKeyText {
    /// The number of characters of a key in base64.
    static let base64Length = 44

    /// Writes a key as base64 (RFC 4648, section 4, with padding). Key bytes are nowhere else.
    static func encodeBase64(_ key: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer) {
        precondition(key.count == MasterKey.length && text.count == base64Length, "the caller's buffers fit a key")
        var bits: UInt32 = 0
        var bitCount = 0
        var position = 0
        for byte in key {
            bits = bits << 8 | UInt32(byte)
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                text[position] = base64Character(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)) & 0x3F)
                position += 1
            }
        }
        // 256 bits are 42 digits and 4 bits, which are filled up with two zeros.
        text[position] = base64Character(UInt8(truncatingIfNeeded: bits << 2) & 0x3F)
        text[position + 1] = UInt8(ascii: "=")
    }

    private static func base64Character(_ digit: UInt8) -> UInt8 {
        switch digit {
        case 0..<26: UInt8(ascii: "A") + digit
        case 26..<52: UInt8(ascii: "a") + (digit - 26)
        case 52..<62: UInt8(ascii: "0") + (digit - 52)
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}
