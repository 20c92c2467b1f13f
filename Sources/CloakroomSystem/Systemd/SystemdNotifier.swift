// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// Tells the service manager how the daemon is (sd_notify(3)).
public struct SystemdNotifier: Sendable {
    /// One line of a message.
    public enum State: Equatable, Sendable {
        /// The daemon serves requests.
        case ready
        /// The daemon reads its configuration anew since so many microseconds of CLOCK_MONOTONIC; ``ready`` ends it.
        case reloading(microseconds: UInt64)
        /// The daemon is on its way out.
        case stopping
        /// The daemon is alive.
        case watchdog
        /// A line for `systemctl status`.
        case status(String)

        var line: String {
            switch self {
            case .ready: "READY=1"
            case .reloading(let microseconds): "RELOADING=1\nMONOTONIC_USEC=\(microseconds)"
            case .stopping: "STOPPING=1"
            case .watchdog: "WATCHDOG=1"
            // A line break would begin another assignment.
            case .status(let text): "STATUS=" + String(text.map { $0.isNewline || $0 == "\0" ? " " : $0 })
            }
        }
    }

    private let address: UnixSocketAddress

    /// The time as ``State/reloading(microseconds:)`` wants it.
    public static func monotonicMicroseconds() -> UInt64 {
        MonotonicTime.now.nanoseconds / 1_000
    }

    /// Sends to a socket of the manager's: a path, or `@` and a name in the abstract namespace.
    ///
    /// - Throws: ``SystemdError`` for any other address.
    public init(socket: String) throws(SystemdError) {
        guard socket.hasPrefix("/") || socket.hasPrefix("@"), let address = UnixSocketAddress(notifySocket: socket)
        else {
            throw SystemdError(.environment, "NOTIFY_SOCKET is not the address of a Unix socket: \"\(socket)\"")
        }
        self.address = address
    }

    /// The notifier that the environment asks for; nil when nobody wants to know.
    ///
    /// - Throws: ``SystemdError`` when `NOTIFY_SOCKET` is not the address of a Unix socket.
    public static func fromEnvironment() throws(SystemdError) -> SystemdNotifier? {
        guard let socket = ProcessEnvironment.value(of: "NOTIFY_SOCKET"), !socket.isEmpty else { return nil }
        return try SystemdNotifier(socket: socket)
    }

    /// Sends all states in one message. It may block for as long as the manager does not read, which is short.
    ///
    /// - Throws: ``SystemdError`` when it could not be sent. The daemon can go on without.
    public func notify(_ states: State...) throws(SystemdError) {
        let message = Array(states.map(\.line).joined(separator: "\n").utf8)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Self.failure(errno) }
        defer { _ = close(descriptor) }
        let sent = address.withSockaddr { pointer, length in
            sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), pointer, length)
        }
        guard sent == message.count else { throw Self.failure(errno) }
    }

    private static func failure(_ number: Int32) -> SystemdError {
        SystemdError(.notification, "the service manager could not be notified: \(SystemMessage.text(number))")
    }
}
