// SPDX-License-Identifier: Apache-2.0

package import Glibc

/// A port of the loopback interface, which only this host reaches: 127.0.0.0/8 (RFC 1122, 3.2.1.3) or ::1 (RFC 4291, 2.5.3).
package struct LoopbackAddress: Equatable, Sendable, CustomStringConvertible {
    /// The address in network byte order, 4 or 16 bytes.
    private let host: [UInt8]
    /// The port; 0: the kernel chooses one.
    package let port: UInt16

    private init?(host: [UInt8], port: UInt16) {
        let isLoopback = host.count == 4 ? host[0] == 127 : host == [UInt8](repeating: 0, count: 15) + [1]
        guard isLoopback else { return nil }
        self.host = host
        self.port = port
    }

    /// Reads `127.0.0.1:PORT` or `[::1]:PORT`; `nil` for anything else, names of hosts among it.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var name = text[..<colon]
        let isIPv6 = name.hasPrefix("[") && name.hasSuffix("]")
        if isIPv6 { name = name.dropFirst().dropLast() }
        var host = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
        guard inet_pton(isIPv6 ? AF_INET6 : AF_INET, String(name), &host) == 1 else { return nil }
        self.init(host: host, port: port)
    }

    /// The address that a socket is bound to; `nil` when others reach it, or it is not one of TCP.
    package init?(ofSocket descriptor: Int32) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard code == 0 else { return nil }
        let bytes = withUnsafeBytes(of: storage) { Array($0) }
        // In both structures the port follows the family, in network byte order.
        let port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        switch Int32(storage.ss_family) {
        case AF_INET: self.init(host: Array(bytes[4..<8]), port: port)
        case AF_INET6: self.init(host: Array(bytes[8..<24]), port: port)
        default: return nil
        }
    }

    /// The family of the address (`AF_INET` or `AF_INET6`).
    package var family: Int32 { host.count == 4 ? AF_INET : AF_INET6 }

    /// Gives the address in the form that system calls want.
    package func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        storage.ss_family = sa_family_t(family)
        withUnsafeMutableBytes(of: &storage) { bytes in
            bytes[2] = UInt8(port >> 8)
            bytes[3] = UInt8(port & 0xff)
            for (index, byte) in host.enumerated() { bytes[(host.count == 4 ? 4 : 8) + index] = byte }
        }
        let size = host.count == 4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(size)) }
        }
    }

    /// As it is written.
    package var description: String {
        host.count == 4 ? host.map { "\($0)" }.joined(separator: ".") + ":\(port)" : "[::1]:\(port)"
    }
}
