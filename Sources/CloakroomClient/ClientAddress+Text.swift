// SPDX-License-Identifier: Apache-2.0

import Glibc

extension ClientAddress {
    /// The greatest number of bytes in an address's text, that of IPv6 with an IPv4 part.
    static let maximumTextLength = Int(INET6_ADDRSTRLEN) - 1
    /// The greatest number of bytes in the name of a zone, that of a Linux interface.
    static let maximumZoneLength = Int(IF_NAMESIZE) - 1

    /// Reads an address as PHP has it in `REMOTE_ADDR`: four decimal numbers without superfluous zeros, or any form of
    /// RFC 4291, section 2.2. A link-local address may have a zone (RFC 4007, section 11), which is dropped: it names an
    /// interface of this machine and no client. Anything else is `nil`, so are spaces, brackets and ports.
    public init?(_ text: UnsafeRawBufferPointer) {
        guard let percent = text.prefix(Self.maximumTextLength + 1).firstIndex(of: UInt8(ascii: "%")) else {
            self.init(withoutZone: text)
            return
        }
        guard Self.isZone(text[(percent + 1)...]),
            let address = Self(withoutZone: UnsafeRawBufferPointer(rebasing: text[..<percent])), address.isLinkLocal
        else { return nil }
        self = address
    }

    /// Reads an address from a string, as ``init(_:)-(UnsafeRawBufferPointer)`` does.
    public init?(_ text: String) {
        var text = text
        guard let address = text.withUTF8({ Self(UnsafeRawBufferPointer($0)) }) else { return nil }
        self = address
    }

    init?(withoutZone text: UnsafeRawBufferPointer) {
        // A NUL would end the text for inet_pton, and what follows it would go unread.
        guard !text.isEmpty, text.count <= Self.maximumTextLength, !text.contains(0) else { return nil }
        let address: ClientAddress? = withUnsafeTemporaryAllocation(
            of: CChar.self,
            capacity: Self.maximumTextLength + 1
        ) { string in
            guard let start = string.baseAddress else { return nil }
            UnsafeMutableRawBufferPointer(string).copyMemory(from: text)
            string[text.count] = 0
            return text.contains(UInt8(ascii: ":")) ? Self(ipv6: start) : Self(ipv4: start)
        }
        guard let address else { return nil }
        self = address
    }

    // inet_pton refuses what inet_addr takes: fewer than four numbers, and zeros in front, which some read as octal.
    private init?(ipv4 text: UnsafePointer<CChar>) {
        var bits: UInt32 = 0
        guard inet_pton(AF_INET, text, &bits) == 1 else { return nil }
        self.init(.ipv4, high: UInt64(UInt32(bigEndian: bits)) << 32, low: 0)
    }

    private init?(ipv6 text: UnsafePointer<CChar>) {
        var bits: (UInt64, UInt64) = (0, 0)
        guard inet_pton(AF_INET6, text, &bits) == 1 else { return nil }
        self.init(ipv6High: UInt64(bigEndian: bits.0), low: UInt64(bigEndian: bits.1))
    }

    private static func isZone(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        !bytes.isEmpty && bytes.count <= maximumZoneLength
            && bytes.allSatisfy { $0 > UInt8(ascii: " ") && $0 < 0x7f && $0 != UInt8(ascii: "%") }
    }
}

extension ClientAddress: CustomStringConvertible {
    /// The address as text: four numbers, or the canonical form of RFC 5952, section 4. Reading it gives the address.
    public var description: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.maximumTextLength + 1) { text in
            var bits = (high.bigEndian, low.bigEndian)
            let kind = family == .ipv4 ? AF_INET : AF_INET6
            guard let start = text.baseAddress, inet_ntop(kind, &bits, start, socklen_t(text.count)) != nil else {
                preconditionFailure("the buffer has room for the text of any address")
            }
            return String(cString: start)
        }
    }
}
