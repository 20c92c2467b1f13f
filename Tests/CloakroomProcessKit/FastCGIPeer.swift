// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A web server's connection to a FastCGI process, with nothing hidden: tests send any bytes, and see what comes back.
public final class FastCGIPeer: @unchecked Sendable {
    /// Why there is no answer.
    public struct Failure: Error, CustomStringConvertible {
        /// What happened.
        public let description: String
    }

    /// What a request is answered.
    public struct Answer: Equatable, Sendable {
        /// All of standard output: the headers and the body of CGI.
        public var output = ""
        /// The protocol status of FCGI_END_REQUEST.
        public var status: UInt8 = 0

        /// The status of HTTP.
        public var code: String { header("Status").map { String($0.prefix(3)) } ?? "200" }

        /// The value of a header; `nil`: there is none.
        public func header(_ name: String) -> String? {
            let head = output.components(separatedBy: "\r\n\r\n")[0].components(separatedBy: "\r\n")
            return head.first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
        }
    }

    /// A record that came back.
    public struct Record: Equatable, Sendable {
        /// Its type.
        public var kind: UInt8
        /// The request that it belongs to.
        public var request: UInt16
        /// What is in it.
        public var content: [UInt8]
    }

    /// The socket.
    public let descriptor: Int32
    private var pending: [UInt8] = []

    /// Connects to a Unix socket.
    public init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let result = withUnixAddress(path) { connect(descriptor, $0, $1) }
        // deinit closes the socket, also when this throws.
        guard result == 0 else { throw Self.failure("cannot connect to \(path)") }
        limitWaits()
    }

    /// Connects to a port of 127.0.0.1.
    public init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Self.failure("cannot connect to port \(port)") }
        limitWaits()
    }

    deinit { close(descriptor) }

    private func limitWaits() {
        // A test that waits for longer has failed.
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Sends bytes; `false` when the other side has closed.
    @discardableResult
    public func send(_ bytes: [UInt8]) throws -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EPIPE || errno == ECONNRESET { return false }
            guard count > 0 else { throw Self.failure("cannot send") }
            sent += count
        }
        return true
    }

    /// Says that nothing more is sent.
    public func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next record; `nil` when the other side has closed.
    public func record() throws -> Record? {
        while pending.count < 8 || pending.count < 8 + length(4) + Int(pending[6]) {
            guard try more() else { return nil }
        }
        let content = length(4)
        defer { pending.removeFirst(8 + content + Int(pending[6])) }
        return Record(kind: pending[1], request: UInt16(length(2)), content: Array(pending[8..<8 + content]))
    }

    /// The answer to the request that was sent; `nil` when the other side has closed instead.
    public func answer() throws -> Answer? {
        var answer = Answer()
        var output: [UInt8] = []
        while let record = try record() {
            if record.kind == 6 { output += record.content }
            guard record.kind == 3 else { continue }
            answer.output = String(decoding: output, as: UTF8.self)
            answer.status = record.content[4]
            return answer
        }
        return nil
    }

    /// Sends a request and waits for its answer.
    public func ask(_ request: FastCGIMessage) throws -> Answer {
        try send(request.bytes)
        guard let answer = try answer() else { throw Failure(description: "closed without an answer") }
        return answer
    }

    /// Waits until the other side has closed, and drops what it sends until then.
    public func waitForEnd() throws {
        while try more() {}
    }

    private func length(_ offset: Int) -> Int { Int(pending[offset]) << 8 | Int(pending[offset + 1]) }

    private func more() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        if count < 0, errno == ECONNRESET { return false }
        guard count >= 0 else { throw Self.failure("nothing came") }
        pending += chunk[..<count]
        return count > 0
    }

    private static func failure(_ text: String) -> Failure {
        Failure(description: "\(text): \(String(cString: strerror(errno)))")
    }
}
