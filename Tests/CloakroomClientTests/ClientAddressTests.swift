// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
import Testing

@Suite struct ClientAddressTests {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("192.0.2.1", "192.0.2.1"), ("255.255.255.255", "255.255.255.255"),
        ("::", "::"), ("::1", "::1"), ("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"),
        ("FF01:0:0:0:0:0:0:101", "ff01::101"),
        ("ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ])
    func addressIsRead(_ text: String, _ canonical: String) throws {
        let address = try #require(ClientAddress(text))
        #expect(address.description == canonical)
        #expect(address.family == (canonical.contains(":") ? .ipv6 : .ipv4))
    }

    // RFC 5952, sections 1, 2 and 4.
    @Test(arguments: [
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8::0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:0db8::1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:0:1::1", "2001:db8::1:0:0:1"),
        ("2001:db8:0000:0:1::1", "2001:db8::1:0:0:1"), ("2001:DB8:0:0:1::1", "2001:db8::1:0:0:1"),
        ("2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"),
        ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:db8:AAAA::", "2001:db8:aaaa::"),
    ])
    func textIsCanonical(_ text: String, _ canonical: String) throws {
        #expect(try #require(ClientAddress(text)).description == canonical)
    }

    @Test(arguments: [
        "::ffff:192.0.2.7", "::FFFF:c000:207", "0:0:0:0:0:ffff:192.0.2.7", "0000:0000:0000:0000:0000:ffff:192.0.2.7",
    ])
    func mappedAddressIsTheIPv4Address(_ text: String) {
        #expect(ClientAddress(text) == ClientAddress("192.0.2.7"))
        #expect(ClientAddress(text)?.description == "192.0.2.7")
    }

    @Test(arguments: ["fe80::1%eth0", "fe80::1%2", "febf::1%enp0s31f6.1234", "FE80::1%wlan0"])
    func zoneOfALinkLocalAddressIsDropped(_ text: String) throws {
        #expect(ClientAddress(text) == ClientAddress(String(text.prefix { $0 != "%" })))
    }

    @Test(arguments: [
        "", " ", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "01.2.3.4", "0x1.2.3.4", "1.2.3.-4", "1.2.3.4 ",
        " 1.2.3.4", "1.2.3.4\n", "1.2.3.4\0", "1.2.3.4\0.5", "\0", "1,2,3,4", "1.2.3.4/32", "1.2.3.4:80",
        "1.2.3.4%eth0",
        "1..3.4", ".1.2.3.4", "1.2.3.4.", "16909060", "localhost", "unknown", "unix:", "１.2.3.4",
        ":", ":::", "1::2::3", "::g", "12345::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1.2.3",
        "::1.2.3.04",
        "1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7", "::1 ", "[::1]", "[::1]:80", "::1%", "::1%eth0", "2001:db8::1%eth0",
        "fe80::1%",
        "fe80::1%eth0%1", "fe80::1%eth 0", "fe80::1%eth0\0", "fe80::1%an-interface-name", "%eth0",
        "::ffff:192.0.2.7%eth0", "fec0::1%eth0",
    ])
    func anythingElseIsRefused(_ text: String) {
        #expect(ClientAddress(text) == nil)
    }

    @Test func hugeTextIsRefused() {
        for text in ["1", ":", "%", "0000:", "fe80::1%e", "::ffff:"] {
            #expect(ClientAddress(String(repeating: text, count: 100_000)) == nil)
        }
    }

    @Test func bytesThatAreNoTextAreRefused() {
        let bytes: [UInt8] = [0x31, 0xff, 0xfe, 0x80]
        #expect(bytes.withUnsafeBytes { ClientAddress($0) } == nil)
        #expect(ClientAddress(UnsafeRawBufferPointer(start: nil, count: 0)) == nil)
    }

    @Test func addressesOfTwoFamiliesDiffer() {
        #expect(ClientAddress("0.0.0.0") != ClientAddress("::"))
        #expect(ClientAddress("1.2.3.4") != ClientAddress("::1.2.3.4"))
        #expect(ClientAddress("1.2.3.4") != ClientAddress("102:304::"))
    }
}
