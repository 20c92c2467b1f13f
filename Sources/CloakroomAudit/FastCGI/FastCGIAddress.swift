// SPDX-License-Identifier: Apache-2.0

/// Where a FastCGI server listens on this host.
package enum FastCGIAddress: Hashable, Sendable {
    /// A Unix socket.
    case unix(path: String)
    /// A port of the loopback interface.
    case loopback(isIPv6: Bool, port: UInt16)
    /// An address that others reach, too; none is ever asked.
    case network

    /// Reads the value of FPM's `listen`: a path, a port, or an address and a port; `nil` when it is none of these.
    ///
    /// A port of all addresses is one of the loopback interface, too.
    package init?(listen text: String) {
        guard !text.hasPrefix("/") else {
            self = .unix(path: text)
            return
        }
        let colon = text.lastIndex(of: ":")
        let host = colon.map { String(text[..<$0]) } ?? ""
        guard let port = UInt16(colon.map { text[text.index(after: $0)...] } ?? text[...]), port > 0 else { return nil }
        switch host.lowercased() {
        case "", "*", "0.0.0.0", "127.0.0.1", "localhost": self = .loopback(isIPv6: false, port: port)
        case "[::]", "[::1]": self = .loopback(isIPv6: true, port: port)
        case let host where host.hasPrefix("127."): self = .loopback(isIPv6: false, port: port)
        default: self = .network
        }
    }
}
