// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
import Testing

@Suite struct ForwardedHeaderTests {
    private static let trusted = ["10.0.0.0/8", "2001:db8:ffff::/48"]

    private func client(_ header: ForwardedHeader, _ value: String, remote: String = "10.0.0.1") throws -> String {
        let trusted = try Self.trusted.map { try #require(AddressPrefix($0)) }
        let remote = try #require(ClientAddress(remote))
        return Array(value.utf8).withUnsafeBytes {
            header.clientAddress(remote: remote, value: $0, trusted: trusted).description
        }
    }

    @Test(arguments: ForwardedHeader.allCases)
    func headerOfAStrangerIsIgnored(_ header: ForwardedHeader) throws {
        for value in ["192.0.2.1", "for=192.0.2.1", "10.0.0.2", ""] {
            #expect(try client(header, value, remote: "198.51.100.7") == "198.51.100.7")
        }
    }

    @Test(arguments: ForwardedHeader.allCases)
    func headerIsIgnoredWithoutTrustedProxies(_ header: ForwardedHeader) throws {
        let remote = try #require(ClientAddress("10.0.0.1"))
        let client = Array("192.0.2.1".utf8).withUnsafeBytes {
            header.clientAddress(remote: remote, value: $0, trusted: [])
        }
        #expect(client == remote)
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("  192.0.2.1\t", "192.0.2.1"), ("2001:DB8::1", "2001:db8::1"),
        ("192.0.2.1:4711", "192.0.2.1"), ("[2001:db8::1]:4711", "2001:db8::1"), ("[2001:db8::1]", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("[::ffff:192.0.2.1]:80", "192.0.2.1"), ("fe80::1%eth0", "fe80::1"),
        // The rightmost address that is no proxy's.
        ("192.0.2.1, 198.51.100.7", "198.51.100.7"), ("192.0.2.1,10.9.9.9", "192.0.2.1"),
        ("192.0.2.1, 198.51.100.7, 10.9.9.9 ,2001:db8:ffff::9", "198.51.100.7"),
        // Proxies all the way: the first of them.
        ("10.3.3.3, 10.2.2.2", "10.3.3.3"), ("10.3.3.3", "10.3.3.3"), ("", "10.0.0.1"), ("  ", "10.0.0.1"),
    ])
    func forwardedForIsFollowed(_ value: String, _ expected: String) throws {
        #expect(try client(.xForwardedFor, value) == expected)
    }

    @Test(arguments: [
        // Whatever a client sends, the proxy writes the client's address to the right of it.
        ("10.0.0.99, 198.51.100.7", "198.51.100.7"), ("192.0.2.66, 10.0.0.99, 198.51.100.7", "198.51.100.7"),
        (", 198.51.100.7", "198.51.100.7"), ("\", 198.51.100.7", "198.51.100.7"), ("\0, 198.51.100.7", "198.51.100.7"),
        ("for=\", 198.51.100.7", "198.51.100.7"), ("192.0.2.66 198.51.100.7", "10.0.0.1"),
        ("192.0.2.66\r\nX-Forwarded-For: 10.0.0.3, 198.51.100.7", "198.51.100.7"),
    ])
    func forwardedForIsNotSpoofed(_ value: String, _ expected: String) throws {
        #expect(try client(.xForwardedFor, value) == expected)
    }

    @Test(arguments: [
        "unknown", "_hidden", "unix:", "", "localhost", "192.0.2.300", "192.0.2.01", "192.0.2.1:", "192.0.2.1:123456",
        "192.0.2.1:8a", "[2001:db8::1", "[2001:db8::1]4711", "[2001:db8::1]:", "[192.0.2.1]", "[]", "2001:db8::1]",
        "[2001:db8::1]:80:80", "192.0.2.1/24", "\"192.0.2.1\"",
    ])
    func malformedElementStopsAtTheLastProxy(_ element: String) throws {
        #expect(try client(.xForwardedFor, "192.0.2.66, \(element)") == "10.0.0.1")
        #expect(try client(.xForwardedFor, "192.0.2.66, \(element), 10.2.2.2") == "10.2.2.2")
        #expect(try client(.xForwardedFor, "192.0.2.66, \(element), 198.51.100.7, 10.2.2.2") == "198.51.100.7")
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), (" [2001:db8::1]:80 ", "2001:db8::1"), ("10.2.2.2", "10.2.2.2"),
        ("192.0.2.1, 198.51.100.7", "10.0.0.1"), ("", "10.0.0.1"), ("unknown", "10.0.0.1"),
    ])
    func realIPIsOneAddress(_ value: String, _ expected: String) throws {
        #expect(try client(.xRealIP, value) == expected)
    }

    @Test(arguments: [
        // RFC 7239, sections 4 and 6.
        ("for=192.0.2.43", "192.0.2.43"), ("for=\"192.0.2.43:47011\"", "192.0.2.43"),
        ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"), ("for=\"[2001:db8:cafe::17]\"", "2001:db8:cafe::17"),
        ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"), ("by=203.0.113.43;FOR=192.0.2.60", "192.0.2.60"),
        ("for=192.0.2.43, for=198.51.100.17", "198.51.100.17"), ("for=192.0.2.43,for=10.2.2.2", "192.0.2.43"),
        ("for=192.0.2.43, for=\"[2001:db8:ffff::17]\"", "192.0.2.43"), ("for=\"192.0.2.43:_port\"", "192.0.2.43"),
        (";;for=192.0.2.43;", "192.0.2.43"), (" for=192.0.2.43 ; proto=http ", "192.0.2.43"),
        // A comma, a semicolon and a quotation mark in a string are text.
        ("for=192.0.2.1, for=10.2.2.2;ext=\"a,b;for=192.0.2.2\"", "192.0.2.1"),
        ("for=192.0.2.1, for=10.2.2.2;ext=\"a\\\",for=192.0.2.2\\\\\"", "192.0.2.1"), ("", "10.0.0.1"),
    ])
    func forwardedIsFollowed(_ value: String, _ expected: String) throws {
        #expect(try client(.forwarded, value) == expected)
    }

    // A string that the client begins and does not end does not swallow what the proxy writes.
    @Test(arguments: [
        "for=\"192.0.2.66", "for=192.0.2.66;ext=\"", "for=\"192.0.2.66\\", "for=192.0.2.66;ext=\"\\\"", "\"", "\\\"",
        "\"\"\"",
        "for=10.0.0.99", "for=192.0.2.66, for=10.0.0.99", "", ";", "=", "for=", "for",
    ])
    func forwardedIsNotSpoofed(_ prefix: String) throws {
        #expect(try client(.forwarded, "\(prefix), for=198.51.100.7") == "198.51.100.7")
        #expect(try client(.forwarded, "\(prefix), for=\"[2001:db8::1]:80\", for=10.2.2.2") == "2001:db8::1")
    }

    @Test(arguments: [
        "for=unknown", "for=_hidden", "for=\"_SEVKISEK\"", "proto=http", "192.0.2.43", "for", "for=", "for=\"\"",
        "=192.0.2.43",
        "for =192.0.2.43", "for= 192.0.2.43x", "for=192.0.2.43;for=192.0.2.44", "for=192.0.2.43 192.0.2.44",
        "for=\"192.0.2.43\"x",
        "for=\"192.0.2.43", "for=192.0.2.43\"", "for=\"192.0.2.\\43\"", "for=192.0.2.43;\"x\"", "", ";",
        "xfor=192.0.2.43",
        "for=192.0.2.43;ext=\"\\\"",
    ])
    func malformedForwardedElementStopsAtTheLastProxy(_ element: String) throws {
        #expect(try client(.forwarded, element) == "10.0.0.1")
        #expect(try client(.forwarded, "\(element), for=10.2.2.2") == "10.2.2.2")
        #expect(try client(.forwarded, "for=192.0.2.66, \(element), for=198.51.100.7") == "198.51.100.7")
    }

    @Test func walkHasAGreatestLength() throws {
        let hops = ForwardedHeader.maximumHops
        func list(_ count: Int) -> String { "192.0.2.1" + (0..<count).map { ", 10.1.0.\($0 + 1)" }.joined() }
        #expect(try client(.xForwardedFor, list(hops - 1)) == "192.0.2.1")
        #expect(try client(.xForwardedFor, list(hops)) == "10.1.0.1")
        #expect(try client(.xForwardedFor, list(hops + 1)) == "10.1.0.2")
    }

    @Test func elementHasAGreatestLength() throws {
        let most = ForwardedHeader.maximumElementLength
        func padded(_ text: String, _ length: Int) -> String {
            String(repeating: " ", count: length - text.count) + text
        }
        for (header, text) in [
            (ForwardedHeader.xForwardedFor, "192.0.2.1"), (.xRealIP, "192.0.2.1"), (.forwarded, "for=192.0.2.1"),
        ] {
            #expect(try client(header, padded(text, most)) == "192.0.2.1")
            #expect(try client(header, padded(text, most + 1)) == "10.0.0.1")
        }
        #expect(try client(.xForwardedFor, "," + padded("192.0.2.1", most)) == "192.0.2.1")
        #expect(try client(.forwarded, "," + padded("for=192.0.2.1", most)) == "192.0.2.1")
        #expect(try client(.forwarded, "," + padded("for=192.0.2.1", most + 1)) == "10.0.0.1")
    }

    @Test(arguments: ForwardedHeader.allCases)
    func hugeValueIsNoTrouble(_ header: ForwardedHeader) throws {
        for part in ["10.1.1.1,", "for=10.1.1.1,", ",", "\"", "\\\"", "\\", " ", "[", ":", "for=", ";", "a"] {
            let value = String(repeating: part, count: 1_000_000)
            #expect(try client(header, value).hasPrefix("10."))
            if header == .xForwardedFor { #expect(try client(header, value + ",192.0.2.1") == "192.0.2.1") }
            if header == .forwarded { #expect(try client(header, value + ",for=192.0.2.1") == "192.0.2.1") }
        }
    }

    @Test func namesAreThoseOfTheHeaders() {
        #expect(ForwardedHeader.allCases.map(\.rawValue) == ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
    }
}
