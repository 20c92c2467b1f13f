// SPDX-License-Identifier: Apache-2.0

extension ClientAddress {
    /// Reads a node of a forwarding header (RFC 7239, section 6): an address, which may have brackets around it if it is
    /// IPv6, and may have a port or an obfuscated port behind it, as in `192.0.2.43:4711` and `[2001:db8::1]:_gateway`.
    /// IPv6 without brackets has no port: each colon is one of the address.
    init?(node text: UnsafeRawBufferPointer) {
        if text.first == UInt8(ascii: "[") {
            self.init(bracketed: text)
            return
        }
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon == text.lastIndex(of: UInt8(ascii: ":")) else {
            self.init(text)
            return
        }
        guard Self.isPort(text[(colon + 1)...]) else { return nil }
        self.init(UnsafeRawBufferPointer(rebasing: text[..<colon]))
    }

    private init?(bracketed text: UnsafeRawBufferPointer) {
        guard let end = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
        let address = UnsafeRawBufferPointer(rebasing: text[1..<end])
        let rest = text[(end + 1)...]
        guard address.contains(UInt8(ascii: ":")),
            rest.isEmpty || rest.first == UInt8(ascii: ":") && Self.isPort(rest.dropFirst())
        else { return nil }
        self.init(address)
    }

    // The port itself says nothing about who the client is.
    private static func isPort(_ text: Slice<UnsafeRawBufferPointer>) -> Bool {
        if text.first == UInt8(ascii: "_") {
            return text.count > 1 && text.dropFirst().allSatisfy(isObfuscated)
        }
        return (1...5).contains(text.count) && text.allSatisfy(isDigit)
    }

    private static func isObfuscated(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default:
            isDigit(byte)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
