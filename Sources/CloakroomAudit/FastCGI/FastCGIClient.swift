// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// A connection to a FastCGI server in the place of a web server, for one request.
package final class FastCGIClient {
    private let descriptor: Int32
    private let deadline: ContinuousClock.Instant

    /// Connects.
    ///
    /// - Parameter limit: how long all of it may take.
    /// - Throws: ``FastCGIError``
    package init(_ address: FastCGIAddress, limit: Duration) throws(FastCGIError) {
        deadline = .now + limit
        let family =
            switch address {
            case .unix: AF_UNIX
            case .loopback(isIPv6: false, port: _): AF_INET
            case .loopback(isIPv6: true, port: _): AF_INET6
            case .network: AF_UNSPEC
            }
        guard family != AF_UNSPEC else { throw .system("only this host is asked") }
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw .system(SystemMessage.text(errno)) }
        do { try connect(to: address) } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// Asks, and waits for the whole answer.
    ///
    /// - Throws: ``FastCGIError``
    package func ask(_ parameters: [(name: String, value: String)]) throws(FastCGIError) -> FastCGIReply {
        try send(FastCGIRecord.request(parameters))
        var reply = FastCGIReply()
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while !reply.isComplete {
            try wait(for: POLLIN)
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, [EINTR, EAGAIN].contains(errno) { continue }
            guard count > 0 else { throw .lost }
            try reply.take(chunk[..<count])
        }
        return reply
    }

    private func send(_ bytes: [UInt8]) throws(FastCGIError) {
        var sent = 0
        while sent < bytes.count {
            try wait(for: POLLOUT)
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, [EINTR, EAGAIN].contains(errno) { continue }
            guard count > 0 else { throw .lost }
            sent += count
        }
    }

    private func connect(to address: FastCGIAddress) throws(FastCGIError) {
        // connect(2) of a Unix socket does not wait while the queue of connections is full.
        while try call(address) != 0 {
            switch errno {
            case EINTR: continue
            case EAGAIN: try pause()
            case EINPROGRESS:
                try wait(for: POLLOUT)
                try check(pendingError())
                return
            default: try check(errno)
            }
        }
    }

    private func call(_ address: FastCGIAddress) throws(FastCGIError) -> Int32 {
        switch address {
        case .unix(let path):
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            guard (1..<MemoryLayout.size(ofValue: name.sun_path)).contains(path.utf8.count) else {
                throw .system("the path of its socket is too long")
            }
            withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
            return connect(&name)
        case .loopback(isIPv6: false, let port):
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            return connect(&name)
        case .loopback(isIPv6: true, let port):
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = port.bigEndian
            name.sin6_addr = in6addr_loopback
            return connect(&name)
        case .network: throw .system("only this host is asked")
        }
    }

    private func connect<Name>(_ name: inout Name) -> Int32 {
        withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Name>.size))
            }
        }
    }

    private func pendingError() -> Int32 {
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno
    }

    private func check(_ error: Int32) throws(FastCGIError) {
        switch error {
        case 0: return
        case ENOENT, ENOTDIR, ECONNREFUSED, EPROTOTYPE: throw .notRunning
        case EACCES, EPERM: throw .notAllowed
        default: throw .system(SystemMessage.text(error))
        }
    }

    private func pause() throws(FastCGIError) {
        guard ContinuousClock.now < deadline else { throw .late }
        _ = poll(nil, 0, 5)
    }

    private func wait(for events: Int32) throws(FastCGIError) {
        while true {
            let left = (deadline - .now) / .milliseconds(1)
            guard left > 0 else { throw .late }
            var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            let count = poll(&entry, 1, Int32(left.rounded(.up)))
            if count > 0 { return }
            guard count == 0 || errno == EINTR else { throw .system(SystemMessage.text(errno)) }
        }
    }
}
