// SPDX-License-Identifier: Apache-2.0

/// Names a master key: 8 bytes derived from it, which say nothing about it. It stands in the clear in what the key
/// sealed.
public struct KeyID: Hashable, Sendable {
    /// The number of bytes in an id.
    public static let length = 8

    /// The id as a number, whose first byte is the most significant.
    let word: UInt64

    /// Takes exactly ``length`` bytes, or answers `nil`.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.length else { return nil }
        word = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    init(bigEndian bytes: UnsafeRawBufferPointer) {
        word = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
    }

    /// The id as 8 bytes.
    public var bytes: [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
    }
}

extension KeyID: CustomStringConvertible {
    /// 16 hexadecimal digits.
    public var description: String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
