// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore

/// Who is at the other end of a Unix socket, as the kernel says (`struct ucred`, unix(7)).
struct PeerCredentials: Sendable {
    /// The peer's process id.
    let pid: Int32
    /// The peer's user id when it connected.
    let uid: UInt32
    /// The peer's group id when it connected.
    let gid: UInt32

    /// Asks the kernel about a connection's peer.
    static func of(_ channel: any Channel) -> EventLoopFuture<PeerCredentials> {
        guard let options = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        return options.unsafeGetSocketOption(level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
    }
}
