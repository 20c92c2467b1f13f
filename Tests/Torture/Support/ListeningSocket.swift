// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import Foundation

/// A listening Unix socket that is held here, and passed to one daemon after the other as systemd does (sd_listen_fds(3)).
struct ListeningSocket {
    /// The socket, which becomes the standard input of ``wrapper``.
    let handle: FileHandle

    /// A program that makes its standard input the descriptor 3, says so in the environment, and becomes what follows it.
    let wrapper = [
        "/bin/sh", "-c",
        "exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=php exec \"$@\"", "sh",
    ]

    init(path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let result = withUnixAddress(path) { bind(descriptor, $0, $1) }
        guard result == 0, listen(descriptor, SOMAXCONN) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
    }
}
