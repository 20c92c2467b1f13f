// SPDX-License-Identifier: Apache-2.0

/// The first six bytes of an address: how logs, tools and applications name a session.
public struct SessionTag: Hashable, Sendable, CustomStringConvertible {
    /// The number of bytes in a tag.
    public static let length = 6

    /// The six bytes as a number.
    public let bits: UInt64

    /// Takes the lower six bytes of a number.
    public init(bits: UInt64) { self.bits = bits & 0xffff_ffff_ffff }

    /// Reads twelve hexadecimal digits; anything else is `nil`.
    public init?(_ text: String) {
        guard text.utf8.count == 2 * Self.length, text.utf8.first != UInt8(ascii: "+"),
            let bits = UInt64(text, radix: 16)
        else { return nil }
        self.init(bits: bits)
    }

    /// Twelve hexadecimal digits.
    public var description: String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 2 * Self.length - digits.count) + digits
    }
}
