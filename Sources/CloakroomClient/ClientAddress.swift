// SPDX-License-Identifier: Apache-2.0

/// The IP address that a browser's request comes from. An IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2) is the
/// IPv4 address that it stands for, so that a client is the same one behind a socket of either kind.
public struct ClientAddress: Hashable, Sendable {
    /// The two versions of the Internet Protocol.
    public enum Family: UInt8, Hashable, Sendable, CaseIterable {
        /// 32 bits (RFC 791).
        case ipv4 = 4
        /// 128 bits (RFC 4291).
        case ipv6 = 6

        /// The number of bits in an address.
        public var bitCount: Int {
            switch self {
            case .ipv4: 32
            case .ipv6: 128
            }
        }

        /// The prefix lengths, in bits, that a session may be bound to. A shorter prefix has so many clients that it says
        /// nothing about one of them.
        public var bindingLengths: ClosedRange<Int> {
            switch self {
            case .ipv4: 8...32
            case .ipv6: 32...128
            }
        }
    }

    /// Which kind of address it is.
    public let family: Family

    // Two words rather than an array: no allocation, and a mask is two instructions. An IPv4 address has the upper half
    // of the first one, so that a prefix of either family begins at the same bit.
    let high: UInt64
    let low: UInt64

    /// Takes the bits of an address; of an IPv4 address, all but the first 32 are 0.
    init(_ family: Family, high: UInt64, low: UInt64) {
        self.family = family
        self.high = high
        self.low = low
    }

    /// Takes the bits of an IPv6 address, or of the IPv4 address in a mapped one.
    init(ipv6High high: UInt64, low: UInt64) {
        if high == 0, low >> 32 == 0xffff {
            self.init(.ipv4, high: low << 32, low: 0)
        } else {
            self.init(.ipv6, high: high, low: low)
        }
    }

    /// Whether the address is one of `fe80::/10`, which mean something on their own link only (RFC 4291, section 2.5.6).
    var isLinkLocal: Bool { family == .ipv6 && high >> 54 == 0xfe80 >> 6 }
}
