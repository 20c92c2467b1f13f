// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// The bytes of a connection to the admin socket, as messages.
final class AdminStream {
    let path: String
    private let descriptor: Int32
    private var received: [UInt8] = []

    /// Connects.
    ///
    /// - Parameter patience: how long the connection, and each reply until ``waitWithoutLimit()``, may take.
    init(path: String, patience: Duration) throws(AdminClientError) {
        self.path = path
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Self.system("make a socket") }
        self.descriptor = descriptor
        // For connect(2) too, which waits while the backlog is full (unix(7), socket(7)).
        Self.limit(SO_SNDTIMEO, of: descriptor, to: patience)
        Self.limit(SO_RCVTIMEO, of: descriptor, to: patience)
        try connect()
    }

    deinit { close(descriptor) }

    func waitWithoutLimit() {
        Self.limit(SO_RCVTIMEO, of: descriptor, to: .zero)
    }

    func send(_ request: AdminRequest) throws(AdminClientError) {
        let bytes: [UInt8]
        do { bytes = try AdminFrame.bytes(of: request) } catch {
            throw AdminClientError(.refused, error.message)
        }
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw lost() }
            sent += count
        }
    }

    /// The next reply.
    func reply() throws(AdminClientError) -> AdminReply {
        while true {
            switch AdminFrame.cut(length: length, available: received.count - AdminFrame.lengthField) {
            case .impossible: throw malformed("is no message")
            case .incomplete: try receive()
            case .message(let length):
                let text = received[AdminFrame.lengthField...].prefix(length)
                do {
                    let reply = try AdminJSON.decode(AdminReply.self, from: text)
                    received.removeFirst(AdminFrame.lengthField + length)
                    return reply
                } catch { throw malformed("cannot be understood: \(error.message)") }
            }
        }
    }

    private var length: UInt32? {
        guard received.count >= AdminFrame.lengthField else { return nil }
        return received.prefix(AdminFrame.lengthField).reduce(0) { $0 << 8 | UInt32($1) }
    }

    private func receive() throws(AdminClientError) {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        if count < 0, errno == EINTR { return }
        if count < 0, errno == EAGAIN { throw silent() }
        guard count > 0 else { throw lost() }
        received += chunk[..<count]
    }

    private func connect() throws(AdminClientError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard (1...room).contains(path.utf8.count), !path.utf8.contains(0) else {
            throw AdminClientError(.noDaemon, "the path of a socket has 1 to \(room) bytes: \"\(path)\"")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw refusal(errno) }
    }

    private func refusal(_ number: Int32) -> AdminClientError {
        let advice = DaemonAdvice()
        return switch number {
        case ENOENT, ENOTDIR:
            AdminClientError(
                .noDaemon,
                "there is no admin socket \(path): \(advice.start), or name its socket with --socket"
            )
        case ECONNREFUSED, EPROTOTYPE:
            AdminClientError(
                .noDaemon,
                "nobody listens on \(path): \(advice.start), and see why it ended (\(advice.log))"
            )
        case EACCES, EPERM:
            AdminClientError(
                .permission,
                "this user may not connect to \(path): run it as root (sudo), or join the group of the socket "
                    + "(usermod -aG \(DaemonAdvice.group(of: path)) USER, then log in anew)"
            )
        case EAGAIN, EINTR: silent()
        default: Self.system("connect to \(path)", number)
        }
    }

    private func silent() -> AdminClientError {
        AdminClientError(
            .noDaemon,
            "the daemon does not answer on \(path): it may still be starting, so try again, and see how it is "
                + "(\(DaemonAdvice().status))"
        )
    }

    private func lost() -> AdminClientError {
        AdminClientError(
            .lost,
            "the daemon ended, or closed the connection, before it answered: see why (\(DaemonAdvice().log))"
        )
    }

    private func malformed(_ what: String) -> AdminClientError {
        AdminClientError(.malformed, "what was received on \(path) \(what): is it cloakroomd's admin socket?")
    }

    private static func limit(_ option: Int32, of descriptor: Int32, to duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var value = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
        setsockopt(descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<timeval>.size))
    }

    private static func system(_ action: String, _ number: Int32 = errno) -> AdminClientError {
        AdminClientError(.system, "cannot \(action): \(SystemMessage.text(number))")
    }
}
