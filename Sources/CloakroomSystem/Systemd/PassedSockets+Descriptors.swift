// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

extension PassedSockets {
    /// What a passed socket is.
    package enum Kind: Hashable, Sendable {
        /// A listening Unix stream socket.
        case unix
        /// A listening TCP socket of the loopback interface.
        case loopback
    }

    /// Checks a passed descriptor, and sets the flags that systemd does not: closed on exec, non-blocking.
    ///
    /// - Parameter takesLoopback: whether it may be one of TCP.
    /// - Throws: ``SystemdError`` when it is not a socket of such a kind.
    @discardableResult
    package static func prepare(
        _ descriptor: Int32,
        name: String,
        takesLoopback: Bool = false
    ) throws(SystemdError) -> Kind {
        func refusal(_ reason: String) -> SystemdError {
            SystemdError(.socket, "the socket \"\(name)\" that systemd passes (descriptor \(descriptor)) \(reason)")
        }
        guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
            throw refusal("cannot be used: \(SystemMessage.text(errno))")
        }
        guard let domain = option(SO_DOMAIN, of: descriptor) else { throw refusal("is not a socket") }
        let isStream = option(SO_TYPE, of: descriptor) == Int32(SOCK_STREAM.rawValue)
        let kind: Kind
        if isStream, domain == AF_UNIX {
            kind = .unix
        } else if isStream, takesLoopback, domain == AF_INET || domain == AF_INET6 {
            guard LoopbackAddress(ofSocket: descriptor) != nil else {
                throw refusal("can be reached from other hosts: use ListenStream= with 127.0.0.1 or [::1] and a port")
            }
            kind = .loopback
        } else {
            let others = takesLoopback ? ", or with 127.0.0.1 or [::1] and a port" : ""
            throw refusal("is not a Unix stream socket: use ListenStream= with a path\(others)")
        }
        guard option(SO_ACCEPTCONN, of: descriptor) == 1 else {
            throw refusal("is not a listening one: remove Accept=yes from the socket unit")
        }
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else {
            throw refusal("cannot be made non-blocking: \(SystemMessage.text(errno))")
        }
        return kind
    }

    private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }
}
