// SPDX-License-Identifier: Apache-2.0

import CloakroomSystem
import CloakroomCore
import Glibc
import NIOCore

/// Who is at the other end of a Unix socket, as the kernel says (`struct ucred`, unix(7)).
struct PeerCredentials: Equatable, Sendable {
    /// The peer's process id.
    let pid: Int32
    /// The peer's user id when it connected.
    let uid: UInt32
    /// Its group ids when it connected; only the first one unless all were asked for.
    let groups: Set<UInt32>

    /// `struct ucred` of bits/socket.h, which glibc's headers do not give to Swift.
    private struct UserCredentials {
        var pid: Int32 = 0
        var uid: UInt32 = 0
        var gid: UInt32 = 0
    }

    /// `SO_PEERGROUPS` of asm-generic/socket.h, likewise.
    private static let peerGroups: Int32 = 59

    /// Asks the kernel about the peer of a connected socket.
    ///
    /// - Parameter withGroups: whether to ask for its supplementary groups.
    /// - Throws: ``SocketError`` when the kernel does not say.
    init(of descriptor: Int32, withGroups: Bool) throws(SocketError) {
        var peer = UserCredentials()
        var length = socklen_t(MemoryLayout<UserCredentials>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 else { throw Self.failure() }
        pid = peer.pid
        uid = peer.uid
        groups = withGroups ? try Self.supplementaryGroups(of: descriptor).union([peer.gid]) : [peer.gid]
    }

    /// Asks the kernel about the peer of a connection, on its event loop.
    ///
    /// - Throws: ``SocketError`` when the kernel does not say; `ChannelError` for what is no socket.
    init(of channel: any Channel, withGroups: Bool) throws {
        let peer = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            try PeerCredentials(of: $0, withGroups: withGroups)
        }
        guard let peer else { throw ChannelError.operationUnsupported }
        self = peer
    }

    private static func supplementaryGroups(of descriptor: Int32) throws(SocketError) -> Set<UInt32> {
        // Most processes have few; the kernel says how much room others need, up to NGROUPS_MAX.
        var groups = [UInt32](repeating: 0, count: 32)
        while true {
            let room = groups.count * MemoryLayout<UInt32>.size
            var length = socklen_t(room)
            if getsockopt(descriptor, SOL_SOCKET, peerGroups, &groups, &length) == 0 {
                return Set(groups.prefix(Int(length) / MemoryLayout<UInt32>.size))
            }
            // Whoever is in an unknown number of groups is not let in for lack of one.
            guard errno == ERANGE, Int(length) > room else { throw failure() }
            groups = [UInt32](repeating: 0, count: Int(length) / MemoryLayout<UInt32>.size)
        }
    }

    private static func failure() -> SocketError {
        SocketError(.system, "the kernel does not say who is calling: \(SystemMessage.text(errno))")
    }
}
