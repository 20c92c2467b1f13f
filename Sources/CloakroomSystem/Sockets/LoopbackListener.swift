// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// A listening TCP socket of the loopback interface that the process made itself.
package struct LoopbackListener: Equatable, Sendable {
    /// Where it listens, with the port that the kernel chose if none was asked for.
    package let address: LoopbackAddress
    /// The file descriptor: non-blocking, closed on exec. Whoever takes it closes it.
    package let descriptor: Int32

    /// Makes the socket.
    ///
    /// - Throws: ``SocketError``
    package static func open(_ address: LoopbackAddress) throws(SocketError) -> LoopbackListener {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw failure("make a socket for", address) }
        do throws(SocketError) {
            // Or a restart would have to wait until the connections of before are forgotten (tcp(7), TIME_WAIT).
            var yes: Int32 = 1
            let size = socklen_t(MemoryLayout<Int32>.size)
            guard setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size) == 0 else {
                throw failure("set an option of", address)
            }
            guard address.withSockaddr({ bind(descriptor, $0, $1) }) == 0 else {
                guard errno != EADDRINUSE else {
                    throw SocketError(.busy, "another process listens on \(address): stop it, or use another port")
                }
                throw failure("bind", address)
            }
            guard Glibc.listen(descriptor, UnixSocketListener.backlog) == 0 else { throw failure("listen on", address) }
            return LoopbackListener(address: LoopbackAddress(ofSocket: descriptor) ?? address, descriptor: descriptor)
        } catch {
            _ = close(descriptor)
            throw error
        }
    }

    private static func failure(_ action: String, _ address: LoopbackAddress) -> SocketError {
        SocketError(.system, "cannot \(action) \(address): \(SystemMessage.text(errno))")
    }
}
