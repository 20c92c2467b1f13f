// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc
import Logging

/// Accepts connections on a thread of its own, so that the kernel can be asked who is calling before anything is read.
final class AdminAcceptor: @unchecked Sendable {
    /// For how long nothing is accepted after a failure such as a lack of descriptors.
    private static let pause: Int32 = 100

    private let listeners: [Int32]
    /// A pair of sockets, of which the second is written to when it is time to stop.
    private let wake: [Int32]
    private let logger: Logger
    private let accepted: @Sendable (Int32) -> Void
    private var thread = pthread_t()

    /// - Parameters:
    ///   - listeners: listening sockets that do not block; it closes them at its end.
    ///   - accepted: gets each connection, and closes it.
    /// - Throws: ``SocketError`` when the system has no descriptor or no thread left.
    init(
        _ listeners: [Int32],
        logger: Logger,
        accepted: @escaping @Sendable (Int32) -> Void
    ) throws(SocketError) {
        self.listeners = listeners
        self.logger = logger
        self.accepted = accepted
        var pair: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
            throw Self.failure(errno)
        }
        wake = pair
        let context = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(&thread, nil, { runAcceptor($0) }, context)
        guard code == 0 else {
            Unmanaged<AdminAcceptor>.fromOpaque(context).release()
            throw Self.failure(code)
        }
    }

    deinit { for descriptor in wake { close(descriptor) } }

    /// Stops accepting, and closes the listening sockets. It takes no longer than one connection does.
    func stop() {
        var byte: UInt8 = 0
        _ = write(wake[1], &byte, 1)
        pthread_join(thread, nil)
        for listener in listeners { close(listener) }
    }

    fileprivate func run() {
        var watched = (listeners + wake.prefix(1)).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while true {
            guard poll(&watched, nfds_t(watched.count), -1) >= 0 || errno == EINTR else {
                logger.error(
                    "the admin socket is not served any more",
                    metadata: ["error": "\(SystemMessage.text(errno))"]
                )
                return
            }
            guard watched.last?.revents == 0 else { return }
            for entry in watched.dropLast() where entry.revents != 0 { accept(from: entry.fd) }
        }
    }

    private func accept(from listener: Int32) {
        let descriptor = Glibc.accept(listener, nil, nil)
        if descriptor >= 0 {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            return accepted(descriptor)
        }
        switch errno {
        // Nobody is there any more.
        case EAGAIN, EINTR, ECONNABORTED: return
        default:
            logger.error(
                "a connection to the admin socket cannot be accepted and waits",
                metadata: ["error": "\(SystemMessage.text(errno))"]
            )
            // In case it does not go away: poll(2) would say at once that there is a connection.
            var none = pollfd(fd: wake[0], events: Int16(POLLIN), revents: 0)
            _ = poll(&none, 1, Self.pause)
        }
    }

    private static func failure(_ number: Int32) -> SocketError {
        SocketError(.system, "the admin socket cannot be served: \(SystemMessage.text(number))")
    }
}

private func runAcceptor(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<AdminAcceptor>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
