// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation

/// Clients that hold the daemon's attention for as little as they can, on a thread of their own.
final class SlowClients: Sendable {
    /// What a slow client does every so often.
    private enum Manner: Int, CaseIterable {
        /// Sends one byte of a request.
        case dribbling
        /// Nothing, having begun a frame; it is reconnected when the daemon has had enough.
        case breakingOff
        /// Takes a little of large answers, and asks for more of them.
        case sipping
    }

    private static let large = SessionReference.named("large")
    private static let pause: UInt32 = 100_000

    private let load = Load()
    private let threads: Threads<Int>

    /// Makes the session that they read.
    static func prepare(_ client: ProtocolClient) throws {
        let written = try client.write([UInt8](repeating: 7, count: 500_000), to: large, version: 0)
        try expect(written.version != nil, "a WRITE was answered \(written)")
    }

    /// Starts so many, of each kind as many.
    init(_ count: Int, path: String) {
        threads = Threads([count]) { [load] count in try Self.run(count, path: path, load: load) }
    }

    /// Ends them, and answers how many bytes they got.
    func end() throws -> Int {
        load.end()
        return try threads.outputs().reduce(0, +)
    }

    private static func run(_ count: Int, path: String, load: Load) throws -> Int {
        var clients = try (0..<count).map { try Client(Manner.allCases[$0 % Manner.allCases.count], path: path) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        var bytes = 0
        while load.goesOn {
            for index in clients.indices { bytes += try clients[index].act(path: path, &buffer) }
            usleep(pause)
        }
        return bytes
    }

    private struct Client {
        private let manner: Manner
        private let request = Request.read(.init(session: SlowClients.large, lock: false, wait: 0)).bytes
        private var socket: RawSocket
        private var position = 0

        init(_ manner: Manner, path: String) throws {
            self.manner = manner
            socket = try Self.open(manner, path: path)
        }

        private static func open(_ manner: Manner, path: String) throws -> RawSocket {
            let socket = try RawSocket(path: path)
            try socket.send(.greeting)
            if manner == .breakingOff { _ = socket.send([0, 0, 0]) }
            return socket
        }

        /// Acts once, and answers how many bytes it got.
        mutating func act(path: String, _ buffer: inout [UInt8]) throws -> Int {
            let isClosed: Bool
            switch manner {
            case .dribbling:
                isClosed = socket.send(request[position...position]) == nil
                position = (position + 1) % request.count
            case .breakingOff: isClosed = false
            case .sipping: isClosed = socket.send(request[...]).map { $0 != 0 && $0 != request.count } ?? true
            }
            let reading = socket.receive(into: &buffer)
            if case .bytes(let count) = reading { return count }
            if isClosed || reading == .end {
                socket = try Self.open(manner, path: path)
                position = 0
            }
            return 0
        }
    }
}
