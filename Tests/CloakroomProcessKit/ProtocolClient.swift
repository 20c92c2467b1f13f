// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
public import CloakroomProtocol
import CTestPeer
import Foundation
import NIOCore

/// A blocking client of the daemon, for black-box tests. Not thread-safe; one task uses it.
public final class ProtocolClient: @unchecked Sendable {
    /// Why the stream ended or failed.
    public struct Failure: Error, CustomStringConvertible {
        /// What happened.
        public let description: String
    }

    /// The socket.
    public let descriptor: Int32
    private var buffer = ByteBuffer()
    private var chunk = [UInt8](repeating: 0, count: 65_536)
    private let decoder = FrameDecoder(limits: FrameLimits(maximumData: FrameLimits.maximumConfigurableData))

    /// Connects, without a HELLO.
    public init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let result = withUnixAddress(path) { connect(descriptor, $0, $1) }
        // deinit closes the socket, also when this throws.
        guard result == 0 else {
            throw Failure(description: "cannot connect to \(path): \(String(cString: strerror(errno)))")
        }
        limitWaits()
    }

    /// Connects as another user, without a HELLO. For root only.
    ///
    /// - Parameter groups: the supplementary groups.
    public init(path: String, user: UInt32, group: UInt32, groups: [UInt32] = []) throws {
        descriptor = test_peer_connect(path, user, group, groups, groups.count)
        guard descriptor >= 0 else {
            throw Failure(description: "user \(user) cannot connect to \(path): \(String(cString: strerror(errno)))")
        }
        limitWaits()
    }

    deinit { close(descriptor) }

    private func limitWaits() {
        // A test that waits for longer has failed.
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Connects and says HELLO.
    public static func greeted(path: String) throws -> ProtocolClient {
        let client = try ProtocolClient(path: path)
        guard case .hello = try client.ask(.hello(.init(version: .current, nonce: 1))) else {
            throw Failure(description: "HELLO was not answered with HELLO_OK")
        }
        return client
    }

    /// Sends bytes as they are.
    public func send(_ bytes: some Sequence<UInt8>) throws {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure(description: "send: \(String(cString: strerror(errno)))") }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends a request.
    public func send(_ request: Request) throws {
        var frame = ByteBuffer()
        request.encode(into: &frame)
        try send(frame.readableBytesView)
    }

    /// The next answer.
    ///
    /// - Throws: ``Failure`` when the stream ends before one.
    public func receive() throws -> Response {
        while true {
            if let frame = try decoder.decode(buffer: &buffer) { return try Response(frame: frame) }
            let bytes = try receiveBytes()
            // Nothing that was read stays in front of what comes.
            if buffer.readableBytes == 0 { buffer.clear() }
            buffer.writeBytes(bytes)
        }
    }

    /// The next bytes, whatever they are.
    func receiveBytes() throws -> ArraySlice<UInt8> {
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else {
            throw Failure(description: count == 0 ? "end of stream" : "recv: \(String(cString: strerror(errno)))")
        }
        return chunk[..<count]
    }

    /// Whether the daemon has closed the connection, with nothing more to read.
    public func isAtEnd() throws -> Bool {
        var byte: UInt8 = 0
        return buffer.readableBytes == 0 && recv(descriptor, &byte, 1, 0) <= 0
    }

    /// Sends a request and takes its answer.
    public func ask(_ request: Request) throws -> Response {
        try send(request)
        return try receive()
    }

    /// Reads a session with its lock.
    public func read(_ session: SessionReference, lock: Bool = true, wait: UInt32 = 0) throws -> Response {
        try ask(.read(.init(session: session, lock: lock, wait: wait)))
    }

    /// Sends a deferred write, and answers its token. There is only an answer when it is not carried out.
    @discardableResult
    public func writeDeferred(
        _ data: some Sequence<UInt8>,
        to session: SessionReference,
        version: UInt64,
        release: Bool = true
    ) throws -> UInt64 {
        let write = Request.Write(
            session: session,
            version: version,
            token: .random(in: 1...(.max)),
            lifetime: 1440,
            release: release,
            deferred: true,
            data: SessionData(Array(data))
        )
        try send(.write(write))
        return write.token
    }

    /// Writes a session and releases its lock.
    public func write(
        _ data: some Sequence<UInt8>,
        to session: SessionReference,
        version: UInt64,
        lifetime: UInt32 = 1440
    ) throws -> Response {
        try ask(
            .write(
                .init(
                    session: session,
                    version: version,
                    token: .random(in: 1...(.max)),
                    lifetime: lifetime,
                    release: true,
                    data: SessionData(Array(data))
                )
            )
        )
    }
}
