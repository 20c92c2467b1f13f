// SPDX-License-Identifier: Apache-2.0

/// Six bytes for the name of a program, in lower case. A name of up to six letters, digits, dots, hyphens and underscores
/// is its own token, with zero bytes behind it. Of any other, the token has the first three characters and 23 bits of a
/// hash (FNV-1a), so that `python-requests` and `python-urllib` have different ones.
///
/// The hash is not a cryptographic one, as there is nothing to gain from a collision: whoever wants to be taken for
/// another program sends that program's name.
public struct ProgramToken: Hashable, Sendable {
    /// The number of bytes in a token.
    public static let length = 6
    /// The token of no name.
    static let empty = ProgramToken(word: 0)

    private static let prefixLength = 3
    /// Says that a hash follows: set in the fourth byte, which is ASCII or 0 if it belongs to the name.
    private static let hashBit: UInt64 = 1 << 23
    private static let placeholder = UInt8(ascii: "_")

    /// The token as a number of 48 bits, whose first byte is the most significant.
    let word: UInt64

    private init(word: UInt64) { self.word = word }

    /// The token of a name.
    init(_ name: UnsafeRawBufferPointer) {
        var prefix: UInt64 = 0
        for index in 0..<Self.length {
            prefix = prefix << 8 | UInt64(index < name.count ? Self.character(name[index]) ?? Self.placeholder : 0)
        }
        if name.count <= Self.length, name.allSatisfy({ Self.character($0) != nil }) {
            self.init(word: prefix)
        } else {
            let hash = Self.hash(name) & (Self.hashBit - 1)
            self.init(word: prefix & ~0xff_ffff | Self.hashBit | hash)
        }
    }

    /// The token of a name that is written in the source.
    init(_ name: StaticString) {
        self.init(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    /// Takes the number of a token, also of ``empty``; or answers `nil` if no name has that token.
    init?(validating word: UInt64) {
        self.init(word: word)
        guard word >> 48 == 0, textLength > 0 || word == 0 else { return nil }
        for index in 0..<(isHashed ? Self.prefixLength : Self.length) {
            let isValid = index < textLength ? Self.character(byte(index)) == byte(index) : byte(index) == 0
            guard isValid else { return nil }
        }
    }

    private var isHashed: Bool { word & Self.hashBit != 0 }

    /// How many characters come before the first zero byte, or the hash.
    private var textLength: Int {
        let room = isHashed ? Self.prefixLength : Self.length
        return (0..<room).first { byte($0) == 0 } ?? room
    }

    private func byte(_ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: word >> (8 * UInt64(Self.length - 1 - index)))
    }

    /// A byte as it is in a token, or `nil` if it cannot be there.
    private static func character(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            byte
        case UInt8(ascii: "A")...UInt8(ascii: "Z"):
            byte | 0x20
        default:
            nil
        }
    }

    /// FNV-1a of the name in lower case (RFC 9923), in 32 bits.
    private static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt32 = 0x811c_9dc5
        for byte in name {
            hash = (hash ^ UInt32(character(byte) ?? byte)) &* 0x0100_0193
        }
        return UInt64(hash ^ (hash >> 23))
    }
}

extension ProgramToken: CustomStringConvertible {
    /// The name; or, if it is a long one that is not known, its first three characters, a tilde and the hash as six
    /// hexadecimal digits.
    public var description: String {
        if let name = UserAgentRole.programs[self] { return "\(name)" }
        let text = String(decoding: (0..<textLength).map(byte), as: UTF8.self)
        guard isHashed else { return text }
        let digits = String(word & (Self.hashBit - 1), radix: 16)
        return text + "~" + String(repeating: "0", count: 6 - digits.count) + digits
    }
}
