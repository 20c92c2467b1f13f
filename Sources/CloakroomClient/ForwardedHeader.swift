// SPDX-License-Identifier: Apache-2.0

/// A header in which proxies say whom they forward for, and how to find the client's address in it.
///
/// Whoever sends a request can write such a header; only what a trusted proxy added counts. Each proxy adds its peer's
/// address at the right end, so ``clientAddress(remote:value:trusted:)`` goes from right to left, as nginx does with
/// `real_ip_recursive on`, and stops at the first address that is not a trusted proxy's: that is the client. What is left
/// of it is hearsay, and is not read.
///
/// An element that is no address stops the walk too, and the client is said to have the address of the trusted proxy
/// that is known best: the last one that was found. To skip the element instead would be to believe what comes before
/// it. It stands where a proxy should have named its peer, so the elements before it may all be that peer's invention,
/// and anyone could choose an address. Stopping can only make clients of one proxy look alike; nobody gains an address
/// that is not their proxy's. The same holds for an empty element, although RFC 9110, section 5.6.1.2, would have it
/// ignored, and for `unknown` and the obfuscated identifiers of RFC 7239, section 6.
public enum ForwardedHeader: String, Hashable, Sendable, CaseIterable {
    /// A list of addresses with commas between them.
    case xForwardedFor = "X-Forwarded-For"
    /// One address, that the proxy wrote over whatever was there.
    case xRealIP = "X-Real-IP"
    /// RFC 7239: a list of elements, whose parameter `for` has the address.
    case forwarded = "Forwarded"

    /// The greatest number of trusted proxies that are followed. Beyond that, the last one is the client.
    public static let maximumHops = 32
    /// The greatest number of bytes in an element, with spaces and other parameters. A longer one stops the walk.
    public static let maximumElementLength = 1024

    /// The address of the client.
    ///
    /// At most ``maximumHops`` elements of ``maximumElementLength`` bytes are looked at, however long the value is.
    ///
    /// - Parameters:
    ///   - remote: the peer of the web server, PHP's `REMOTE_ADDR`. If it is not a trusted proxy's, it is the client's, and
    ///     the header is ignored.
    ///   - value: the header's value; several headers of the name are one value with commas between (RFC 9110, section
    ///     5.3). Any bytes are allowed.
    ///   - trusted: the networks whose proxies tell the truth.
    public func clientAddress(
        remote: ClientAddress,
        value: UnsafeRawBufferPointer,
        trusted: [AddressPrefix]
    ) -> ClientAddress {
        var client = remote
        var rest = value
        for _ in 0..<Self.maximumHops where !rest.isEmpty {
            guard trusted.contains(where: { $0.contains(client) }), let next = takeLastAddress(of: &rest) else { break }
            client = next
        }
        return client
    }

    /// Takes the last element, and the comma before it, off the value; `nil` if it is no address.
    private func takeLastAddress(of value: inout UnsafeRawBufferPointer) -> ClientAddress? {
        guard let start = startOfLastElement(of: value), value.count - start <= Self.maximumElementLength else {
            return nil
        }
        let element = UnsafeRawBufferPointer(rebasing: value[start...]).withoutSpaces
        value = UnsafeRawBufferPointer(rebasing: value[..<max(start - 1, 0)])
        switch self {
        case .xForwardedFor, .xRealIP: return ClientAddress(node: element)
        case .forwarded: return ForwardedElement.address(in: element)
        }
    }

    /// Where the last element starts, or `nil` if it is too long or its quotation marks do not match.
    private func startOfLastElement(of value: UnsafeRawBufferPointer) -> Int? {
        switch self {
        case .xForwardedFor:
            let comma = value.suffix(Self.maximumElementLength + 1).lastIndex(of: UInt8(ascii: ","))
            return comma.map { $0 + 1 } ?? 0
        case .xRealIP: return 0
        case .forwarded: return ForwardedElement.startOfLast(of: value)
        }
    }
}
