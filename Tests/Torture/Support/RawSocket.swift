// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit
import CloakroomProtocol
import Glibc
import NIOCore

/// A connection that never blocks, for clients that misbehave. One thread uses it.
final class RawSocket {
    /// What reading gave.
    enum Reading: Equatable {
        case bytes(Int)
        case nothing
        case end
    }

    let descriptor: Int32

    /// Connects. When the listener's queue is full, waits for a place in it, or throws.
    init(path: String, waits: Bool = true) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if !waits { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
        let result = withUnixAddress(path) { connect(descriptor, $0, $1) }
        // deinit closes the socket, also when this throws.
        guard result == 0 else { throw Finding("cannot connect: \(String(cString: strerror(errno)))") }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { close(descriptor) }

    /// Sends as much as there is room for, and answers how much; `nil` when the daemon has closed the connection.
    func send(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard !bytes.isEmpty else { return 0 }
        let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count >= 0 { return count }
        return errno == EAGAIN ? 0 : nil
    }

    /// Sends a request, for which there must be room.
    func send(_ request: Request) throws {
        let bytes = request.bytes
        try expect(send(bytes[...]) == bytes.count, "a connection did not take a whole request")
    }

    /// Takes what has come, at most as much as the buffer holds.
    func receive(into buffer: inout [UInt8], atMost limit: Int = .max) -> Reading {
        let count = recv(descriptor, &buffer, min(buffer.count, limit), 0)
        if count > 0 { return .bytes(count) }
        return count < 0 && errno == EAGAIN ? .nothing : .end
    }

    /// Says that nothing more will be sent.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Waits until something has come, or the end.
    func waitForInput(milliseconds: Int32 = 30_000) -> Bool {
        var entry = pollfd(descriptor: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, milliseconds) == 1
    }
}

extension pollfd {
    init(descriptor: Int32, events: Int16, revents: Int16) {
        self.init(fd: descriptor, events: events, revents: revents)
    }
}

extension Request {
    /// The request as a frame.
    var bytes: [UInt8] {
        var buffer = ByteBuffer()
        encode(into: &buffer)
        return Array(buffer.readableBytesView)
    }

    /// The HELLO of this suite.
    static let greeting = Request.hello(.init(version: .current, nonce: 1))
}
