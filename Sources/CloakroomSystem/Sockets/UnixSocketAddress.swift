// SPDX-License-Identifier: Apache-2.0

package import Glibc

/// The address of a Unix socket (unix(7)).
package struct UnixSocketAddress: Sendable {
    /// The longest path: `sun_path` has 108 bytes, and one is for the final NUL.
    package static let maxPathLength = 107

    private let bytes: [UInt8]

    private init(raw: [UInt8]) {
        bytes = raw
    }

    /// A socket in the file system; nil when the path is empty, has a NUL or is too long.
    package init?(path: String) {
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count <= Self.maxPathLength, !bytes.contains(0) else { return nil }
        self.init(raw: bytes + [0])
    }

    /// An address as `NOTIFY_SOCKET` has it: a path, or `@` and the name of an abstract socket.
    package init?(notifySocket text: String) {
        guard text.hasPrefix("@") else {
            self.init(path: text)
            return
        }
        let name = Array(text.utf8.dropFirst())
        guard !name.isEmpty, name.count <= Self.maxPathLength, !name.contains(0) else { return nil }
        self.init(raw: [0] + name)
    }

    /// Gives the address in the form that system calls want.
    package func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        // Abstract names are as long as the length says, without a final NUL.
        let length = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + bytes.count } ?? 0)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
