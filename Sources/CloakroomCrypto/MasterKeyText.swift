// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// How one master key is written down. ``KeyringText`` is the form of all the keys of a source.
///
/// Exactly 32 bytes are the key itself, whatever they are: nothing is trimmed, since a random key may begin or end with
/// a byte that looks like a space. For anything else, spaces, tabs and line ends around the text are ignored, and what
/// is left is 44 characters of base64 (RFC 4648, section 4, with padding) or 64 hexadecimal digits. So 32 raw bytes
/// with a line end behind them are refused, as there is no telling whether the line end is part of the key.
///
/// Each key has one base64 text: the two bits that the last digit has to spare must be 0.
public enum MasterKeyText {
    /// The forms a key can be written in.
    public enum Form: Hashable, Sendable {
        /// The 32 bytes as they are.
        case raw
        /// What `openssl rand -base64 32` prints.
        case base64
        /// What `openssl rand -hex 32` prints.
        case hexadecimal
    }

    /// Why a text is not a key.
    public enum Refusal: Hashable, Sendable {
        /// There is nothing, or nothing but spaces.
        case empty
        /// Neither 32 bytes, nor 44 characters, nor 64 digits; the number of characters without the spaces around them.
        case length(Int)
        /// 44 characters that are not base64 of 32 bytes.
        case notBase64
        /// 64 characters that are not all hexadecimal digits.
        case notHexadecimal
    }

    /// What ``decode(_:into:)`` answers.
    public enum Outcome: Hashable, Sendable {
        /// The key was written to the buffer.
        case decoded(Form)
        /// Nothing was written to the buffer: it is all zero.
        case refused(Refusal)
    }

    /// Decodes `contents` into `key`, a buffer of ``MasterKey/length`` bytes in the secure heap. Key bytes are nowhere
    /// else. Any input is allowed; the answer depends on nothing else.
    public static func decode(
        _ contents: UnsafeRawBufferPointer,
        into key: UnsafeMutableRawBufferPointer
    ) -> Outcome {
        precondition(key.count == MasterKey.length, "the caller's buffer has the length of a key")
        if contents.count == MasterKey.length {
            key.copyMemory(from: contents)
            return .decoded(.raw)
        }
        return decodeText(trimmed(contents), into: key)
    }

    /// Decodes what is base64 or hexadecimal digits and nothing else, so never 32 bytes as they are.
    static func decodeText(
        _ text: UnsafeRawBufferPointer,
        into key: UnsafeMutableRawBufferPointer
    ) -> Outcome {
        let outcome: Outcome =
            switch text.count {
            case 0:
                .refused(.empty)
            case 44:
                decodeBase64(text, into: key) ? .decoded(.base64) : .refused(.notBase64)
            case 64:
                decodeHexadecimal(text, into: key) ? .decoded(.hexadecimal) : .refused(.notHexadecimal)
            default:
                .refused(.length(text.count))
            }
        if case .refused = outcome {
            // What was decoded before the character that spoilt it.
            OPENSSL_cleanse(key.baseAddress, key.count)
        }
        return outcome
    }

    /// Without the spaces, tabs and line ends around it.
    static func trimmed(_ contents: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var start = contents.startIndex
        var end = contents.endIndex
        while start < end, isSpace(contents[start]) { start += 1 }
        while start < end, isSpace(contents[end - 1]) { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: contents[start..<end])
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
            || byte == UInt8(ascii: "\n")
    }

    // 43 digits are 258 bits: 256 of key, 2 to spare.
    private static func decodeBase64(
        _ text: UnsafeRawBufferPointer,
        into key: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard text[43] == UInt8(ascii: "=") else { return false }
        var bits: UInt32 = 0
        var bitCount = 0
        var position = 0
        for character in text.prefix(43) {
            guard let digit = base64Digit(character) else { return false }
            bits = bits << 6 | UInt32(digit)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                key[position] = UInt8(truncatingIfNeeded: bits >> UInt32(bitCount))
                position += 1
            }
        }
        return bits & 0b11 == 0
    }

    private static func base64Digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    private static func decodeHexadecimal(
        _ text: UnsafeRawBufferPointer,
        into key: UnsafeMutableRawBufferPointer
    ) -> Bool {
        for position in 0..<key.count {
            guard let high = hexadecimalDigit(text[2 * position]),
                let low = hexadecimalDigit(text[2 * position + 1])
            else { return false }
            key[position] = high << 4 | low
        }
        return true
    }

    private static func hexadecimalDigit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension MasterKeyText.Refusal: CustomStringConvertible {
    /// What was found and what to do; lengths only, never the text.
    public var description: String {
        let found =
            switch self {
            case .empty: "there is no key"
            case .length(MasterKey.length):
                "these are 32 characters with spaces or a line end around them, and a raw key has nothing around it"
            case .length(let count): "\(count) characters are not a key"
            case .notBase64: "these 44 characters are not base64 of 32 bytes"
            case .notHexadecimal: "these 64 characters are not all hexadecimal digits"
            }
        return found + "; a master key is 32 bytes, as base64, as hexadecimal digits or raw: "
            + "make one with `openssl rand -base64 32`"
    }
}
