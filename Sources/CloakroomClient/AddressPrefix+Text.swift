// SPDX-License-Identifier: Apache-2.0

extension AddressPrefix {
    /// How many bits of an IPv4-mapped address come before the IPv4 address (RFC 4291, section 2.5.5.2).
    private static let mappedLength = 96

    /// Reads an address, a slash and a length in bits, as in `192.0.2.0/24`; or an address alone, which is a prefix of all
    /// its bits. Bits of the address after the prefix are dropped. Anything else is `nil`, so is a zone.
    public init?(_ text: UnsafeRawBufferPointer) {
        guard let slash = text.prefix(ClientAddress.maximumTextLength + 1).firstIndex(of: UInt8(ascii: "/")) else {
            guard let address = ClientAddress(withoutZone: text) else { return nil }
            self.init(address, length: address.family.bitCount)
            return
        }
        let addressText = UnsafeRawBufferPointer(rebasing: text[..<slash])
        guard let address = ClientAddress(withoutZone: addressText),
            let length = Self.length(text[(slash + 1)...])
        else { return nil }
        // The length of ::ffff:192.0.2.0/120 counts the bits of the address as it is written.
        let isMapped = address.family == .ipv4 && addressText.contains(UInt8(ascii: ":"))
        self.init(address, length: isMapped ? length - Self.mappedLength : length)
    }

    /// Reads a prefix from a string, as ``init(_:)-(UnsafeRawBufferPointer)`` does.
    public init?(_ text: String) {
        var text = text
        guard let prefix = text.withUTF8({ Self(UnsafeRawBufferPointer($0)) }) else { return nil }
        self = prefix
    }

    /// One to three digits without superfluous zeros.
    private static func length(_ digits: Slice<UnsafeRawBufferPointer>) -> Int? {
        guard (1...3).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
        var length = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            length = 10 * length + Int(digit - UInt8(ascii: "0"))
        }
        return length
    }
}
