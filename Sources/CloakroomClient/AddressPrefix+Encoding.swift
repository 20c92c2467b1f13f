// SPDX-License-Identifier: Apache-2.0

extension AddressPrefix {
    /// The number of bytes in an encoding.
    public static let encodedLength = 18

    /// The prefix as ``encodedLength`` bytes: 4 or 6, the length in bits, and the address, an IPv4 address with 12 zero
    /// bytes behind it. It is kept with sessions and does not change. Each prefix has one encoding.
    public var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.encodedLength)
        bytes.withUnsafeMutableBytes(encode(into:))
        return bytes
    }

    /// Writes ``bytes`` to memory that has ``encodedLength`` bytes.
    public func encode(into buffer: UnsafeMutableRawBufferPointer) {
        precondition(buffer.count == Self.encodedLength, "a prefix has one length")
        buffer[0] = address.family.rawValue
        // At most 128.
        buffer[1] = UInt8(length)
        buffer.storeBytes(of: address.high.bigEndian, toByteOffset: 2, as: UInt64.self)
        buffer.storeBytes(of: address.low.bigEndian, toByteOffset: 10, as: UInt64.self)
    }

    /// Reads what ``encode(into:)`` wrote, or answers `nil` for anything else: another number of bytes, another family, a
    /// length that the family does not have, bits after the prefix, or an IPv4 address written as an IPv6 one.
    public init?(decoding bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.encodedLength,
            let family = ClientAddress.Family(rawValue: bytes[0])
        else { return nil }
        let high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
        let low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 10, as: UInt64.self))
        let written = ClientAddress(family, high: high, low: low)
        guard let prefix = AddressPrefix(written, length: Int(bytes[1])), prefix.address == written else { return nil }
        guard family == .ipv4 || ClientAddress(ipv6High: high, low: low) == written else { return nil }
        self = prefix
    }
}
