// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
public import CloakroomProtocol
import NIOCore

/// A blocking client of the gate's socket, for black-box tests. Not thread-safe; one task uses it.
public final class GateClient {
    private let stream: ProtocolClient
    private let decoder = FrameDecoder(maximumFrame: GateResponse.maximumFrame)
    private var buffer = ByteBuffer()

    /// Connects, without a HELLO.
    public convenience init(path: String) throws { self.init(try ProtocolClient(path: path)) }

    /// Takes a connection on which nothing was said yet.
    public init(_ stream: ProtocolClient) { self.stream = stream }

    /// Connects and says HELLO.
    public static func greeted(path: String) throws -> GateClient {
        let client = try GateClient(path: path)
        guard case .hello = try client.ask(.hello(GateRequest.version)) else {
            throw ProtocolClient.Failure(description: "HELLO was not answered with HELLO_OK")
        }
        return client
    }

    /// Sends bytes as they are.
    public func send(_ bytes: some Sequence<UInt8>) throws { try stream.send(bytes) }

    /// Sends requests in one go.
    public func send(_ requests: GateRequest...) throws {
        var frames = ByteBuffer()
        for request in requests { request.encode(into: &frames) }
        try stream.send(frames.readableBytesView)
    }

    /// The next answer.
    ///
    /// - Throws: `ProtocolClient.Failure` when the stream ends before one.
    public func receive() throws -> GateResponse {
        while true {
            if let frame = try decoder.decode(buffer: &buffer) { return try GateResponse(frame: frame) }
            buffer.writeBytes(try stream.receiveBytes())
        }
    }

    /// Sends a request and takes its answer.
    public func ask(_ request: GateRequest) throws -> GateResponse {
        try send(request)
        return try receive()
    }

    /// Asks whether a session is alive.
    public func check(
        _ session: SessionReference,
        pool: String? = nil,
        claims: ClientClaims = .none,
        isActivity: Bool = false
    ) throws -> GateResponse {
        let pool = pool.flatMap { PoolName($0) }
        return try ask(.check(.init(pool: pool, session: session, claims: claims, isActivity: isActivity)))
    }

    /// Whether the daemon has closed the connection, with nothing more to read.
    public func isAtEnd() throws -> Bool { try buffer.readableBytes == 0 && stream.isAtEnd() }
}

extension DaemonProcess {
    /// The gate's socket that it makes by default.
    public var gateSocket: String { directory.path + "/gate.sock" }

    /// A connection to the gate's socket that has said HELLO.
    public func gate() throws -> GateClient { try GateClient.greeted(path: gateSocket) }
}
