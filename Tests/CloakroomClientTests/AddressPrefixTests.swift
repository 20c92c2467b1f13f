// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
import Testing

@Suite struct AddressPrefixTests {
    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.0/24"), ("192.0.2.129/24", "192.0.2.0/24"), ("192.0.2.129/25", "192.0.2.128/25"),
        ("192.0.2.1", "192.0.2.1/32"), ("255.255.255.255/1", "128.0.0.0/1"), ("10.1.2.3/0", "0.0.0.0/0"),
        ("2001:DB8::/32", "2001:db8::/32"), ("2001:db8:1:2:3:4:5:6/64", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:4:5:6/65", "2001:db8:1:2:8000::/65"), ("2001:db8::1", "2001:db8::1/128"),
        ("ffff::/7", "fe00::/7"), ("2001:db8::1/0", "::/0"), ("2001:db8::ff/127", "2001:db8::fe/127"),
        ("::ffff:192.0.2.1/120", "192.0.2.0/24"), ("::ffff:192.0.2.1", "192.0.2.1/32"), ("::ffff:0:0/96", "0.0.0.0/0"),
    ])
    func prefixIsRead(_ text: String, _ canonical: String) throws {
        let prefix = try #require(AddressPrefix(text))
        #expect(prefix.description == canonical)
        #expect(AddressPrefix(canonical) == prefix)
    }

    @Test(arguments: [
        "", "/", "/24", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/+8", "192.0.2.0/08", "192.0.2.0/00",
        "192.0.2.0/ 8", "192.0.2.0 /8", "192.0.2.0/8 ", "192.0.2.0/8/8", "192.0.2.0/255.255.255.0", "192.0.2/24",
        "2001:db8::/129", "2001:db8::/1000", "2001:db8::/99999999999999999999", "::ffff:192.0.2.1/95",
        "fe80::1%eth0/64", "fe80::1%eth0",
        "[2001:db8::]/32", "all", "192.0.2.0/a", "192.0.2.0\0/24",
    ])
    func anythingElseIsRefused(_ text: String) {
        #expect(AddressPrefix(text) == nil)
    }

    @Test func prefixContainsItsAddressesOnly() throws {
        let prefix = try #require(AddressPrefix("192.0.2.64/26"))
        for inside in ["192.0.2.64", "192.0.2.100", "192.0.2.127", "::ffff:192.0.2.65"] {
            #expect(prefix.contains(try #require(ClientAddress(inside))), "\(inside)")
        }
        for outside in ["192.0.2.63", "192.0.2.128", "0.0.0.0", "::", "c000:240::"] {
            #expect(!prefix.contains(try #require(ClientAddress(outside))), "\(outside)")
        }
        let network = try #require(AddressPrefix("2001:db8:0:8000::/49"))
        #expect(network.contains(try #require(ClientAddress("2001:db8:0:ffff::1"))))
        #expect(!network.contains(try #require(ClientAddress("2001:db8:0:7fff::1"))))
    }

    @Test func emptyPrefixContainsItsFamily() throws {
        let address = try #require(ClientAddress("203.0.113.9"))
        #expect(try #require(AddressPrefix("0.0.0.0/0")).contains(address))
        #expect(!(try #require(AddressPrefix("::/0")).contains(address)))
    }

    @Test(arguments: ClientAddress.Family.allCases)
    func everyLengthMasksThatManyBits(_ family: ClientAddress.Family) throws {
        let ones = try #require(
            ClientAddress(family == .ipv4 ? "255.255.255.255" : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
        )
        for length in 0...family.bitCount {
            let prefix = try #require(AddressPrefix(ones, length: length))
            #expect(prefix.bytes.dropFirst(2).reduce(0) { $0 + $1.nonzeroBitCount } == length)
            #expect(prefix.contains(ones))
        }
        #expect(AddressPrefix(ones, length: -1) == nil)
        #expect(AddressPrefix(ones, length: family.bitCount + 1) == nil)
    }

    @Test func lengthsOfBindingAreWithinTheFamily() {
        #expect(ClientAddress.Family.ipv4.bindingLengths == 8...32)
        #expect(ClientAddress.Family.ipv6.bindingLengths == 32...128)
    }

    // Sessions keep these bytes: they are written out, so that a change does not go unnoticed.
    @Test(
        arguments: [
            ("192.0.2.0/24", [4, 24, 192, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            ("0.0.0.0/0", [4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            ("2001:db8:1:2::/64", [6, 64, 0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]),
            ("::1/128", [6, 128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        ] as [(String, [UInt8])]
    )
    func encodingIsStable(_ text: String, _ bytes: [UInt8]) throws {
        let prefix = try #require(AddressPrefix(text))
        #expect(prefix.bytes == bytes)
        #expect(bytes.withUnsafeBytes { AddressPrefix(decoding: $0) } == prefix)
    }

    @Test(
        arguments: [
            [],
            [4, 24, 192, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [4, 24, 192, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [5, 24, 192, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [4, 33, 192, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [4, 24, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [4, 32, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            [6, 129, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            [6, 64, 0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1],
            [6, 128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1],
        ] as [[UInt8]]
    )
    func otherBytesAreRefused(_ bytes: [UInt8]) {
        #expect(bytes.withUnsafeBytes { AddressPrefix(decoding: $0) } == nil)
    }
}
