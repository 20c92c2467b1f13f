// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Who is at the other end of a connection to the admin socket, as the kernel says (unix(7)).
struct AdminPeer: Equatable, Sendable {
    let pid: Int32
    let uid: UInt32
    /// All groups of the process, as they were when it connected.
    let groups: Set<UInt32>

    /// `SO_PEERGROUPS` of asm-generic/socket.h, which glibc's headers do not give to Swift.
    private static let peerGroups: Int32 = 59

    /// - Throws: ``SocketError`` when the kernel does not say.
    init(of descriptor: Int32) throws(SocketError) {
        // `struct ucred`, which glibc's headers do not give to Swift either.
        var peer: (pid: Int32, uid: UInt32, gid: UInt32) = (0, .max, .max)
        var length = socklen_t(MemoryLayout.size(ofValue: peer))
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 else { throw Self.failure() }
        pid = peer.pid
        uid = peer.uid
        groups = try Self.supplementaryGroups(of: descriptor).union([peer.gid])
    }

    private static func supplementaryGroups(of descriptor: Int32) throws(SocketError) -> Set<UInt32> {
        // Room for most processes; the kernel says how much others need.
        var groups = [UInt32](repeating: 0, count: 32)
        while true {
            let room = groups.count * MemoryLayout<UInt32>.size
            var length = socklen_t(room)
            if getsockopt(descriptor, SOL_SOCKET, peerGroups, &groups, &length) == 0 {
                return Set(groups.prefix(Int(length) / MemoryLayout<UInt32>.size))
            }
            guard errno == ERANGE, Int(length) > room else { throw failure() }
            groups = [UInt32](repeating: 0, count: Int(length) / MemoryLayout<UInt32>.size)
        }
    }

    private static func failure() -> SocketError {
        SocketError(.system, "the kernel does not say who is calling: \(SystemMessage.text(errno))")
    }
}
