// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import CloakroomServer
@testable import CloakroomSystem

/// A Unix socket that a test holds open.
final class TestSocket: Sendable {
    let descriptor: Int32

    init(_ type: __socket_type, boundTo address: UnixSocketAddress? = nil, listening: Bool = false) throws {
        descriptor = socket(AF_UNIX, Int32(type.rawValue), 0)
        try #require(descriptor >= 0)
        if let address { try #require(address.withSockaddr { bind(descriptor, $0, $1) } == 0) }
        if listening { try #require(listen(descriptor, 1) == 0) }
    }

    /// Connects, and returns 0 or the error number.
    func connect(to path: String) -> Int32 {
        guard let address = UnixSocketAddress(path: path) else { return EINVAL }
        return address.withSockaddr { Glibc.connect(descriptor, $0, $1) } == 0 ? 0 : errno
    }

    /// The next message.
    func receive() -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    deinit { _ = close(descriptor) }
}

/// What the file system says about a path.
struct FileStatus {
    let mode: UInt32
    let owner: UInt32
    let group: UInt32
    let isSocket: Bool

    init?(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        mode = status.st_mode & 0o7777
        owner = status.st_uid
        group = status.st_gid
        isSocket = status.st_mode & S_IFMT == S_IFSOCK
    }
}
