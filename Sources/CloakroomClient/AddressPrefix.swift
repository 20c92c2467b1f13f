// SPDX-License-Identifier: Apache-2.0

/// The addresses that begin with the same bits (RFC 4632, section 3.1; RFC 4291, section 2.3): a trusted proxy's network,
/// or the part of a client's address that a session is bound to.
public struct AddressPrefix: Hashable, Sendable {
    /// The first address, all of whose bits after the prefix are 0.
    public let address: ClientAddress
    /// How many bits all the addresses share, from 0 to ``ClientAddress/Family/bitCount``.
    public let length: Int

    /// The prefix of an address, or `nil` when `length`, in bits, is none for its family.
    public init?(_ address: ClientAddress, length: Int) {
        guard (0...address.family.bitCount).contains(length) else { return nil }
        self.length = length
        self.address = Self.masked(address, length)
    }

    /// Whether the address begins with the prefix. No address does that is of the other family.
    public func contains(_ other: ClientAddress) -> Bool {
        other.family == address.family && Self.masked(other, length) == address
    }

    // Shifts by more than 63 bits give 0, which is what a mask of that length is.
    private static func masked(_ address: ClientAddress, _ length: Int) -> ClientAddress {
        ClientAddress(
            address.family,
            high: address.high & (.max << max(64 - length, 0)),
            low: address.low & (.max << min(128 - length, 64))
        )
    }
}

extension AddressPrefix: CustomStringConvertible {
    /// The prefix as `192.0.2.0/24` or `2001:db8::/32`. Reading it gives the prefix.
    public var description: String { "\(address)/\(length)" }
}
