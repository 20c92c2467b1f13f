// SPDX-License-Identifier: Apache-2.0

import CloakroomClient
import FuzzDriver

/// Any bytes as an address, as a prefix, as an encoded prefix and as a forwarding header: what is read is written in one
/// way only, and what a client sends does not change the address that a proxy adds.
@main
enum FuzzClientAddress {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        if let address = ClientAddress(input) {
            precondition(ClientAddress(address.description) == address, "the address's text is another's")
        }
        if let prefix = AddressPrefix(input) {
            precondition(AddressPrefix(prefix.description) == prefix, "the prefix's text is another's")
            let decoded = prefix.bytes.withUnsafeBytes { AddressPrefix(decoding: $0) }
            precondition(decoded == prefix, "the encoding is another's")
            precondition(prefix.contains(prefix.address), "the prefix does not contain its first address")
        }
        if let prefix = AddressPrefix(decoding: input) {
            precondition(prefix.bytes.elementsEqual(input), "a prefix with two encodings")
            precondition(AddressPrefix(prefix.description) == prefix, "the decoded prefix's text is another's")
        }
        let bench = Bench.shared
        for header in ForwardedHeader.allCases {
            _ = header.clientAddress(remote: bench.proxy, value: input, trusted: bench.trusted)
            let ignored = header.clientAddress(remote: bench.client, value: input, trusted: bench.trusted)
            precondition(ignored == bench.client, "the header of a stranger is believed")
        }
        checkProxy(of: .xForwardedFor, ", \(bench.client), \(bench.proxy)", input)
        checkProxy(of: .forwarded, ", for=\(bench.client);proto=http, by=\"_a,b\";for=\"\(bench.proxy):80\"", input)
    }

    /// Two proxies add their peers to what a client sends.
    private static func checkProxy(of header: ForwardedHeader, _ added: String, _ input: UnsafeRawBufferPointer) {
        let bench = Bench.shared
        let found = (Array(input) + Array(added.utf8)).withUnsafeBytes {
            header.clientAddress(remote: bench.proxy, value: $0, trusted: bench.trusted)
        }
        precondition(found == bench.client, "a client chose its address")
    }
}

/// The addresses that all inputs are tried with.
private struct Bench {
    static let shared = Bench()

    let client: ClientAddress
    let proxy: ClientAddress
    let trusted: [AddressPrefix]

    init() {
        guard let client = ClientAddress("198.51.100.7"), let proxy = ClientAddress("10.0.0.1"),
            let network = AddressPrefix("10.0.0.0/8"), let loopback = AddressPrefix("::1")
        else { preconditionFailure("the addresses are valid ones") }
        self.client = client
        self.proxy = proxy
        trusted = [network, loopback]
    }
}
