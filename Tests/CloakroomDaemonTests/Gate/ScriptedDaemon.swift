// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Foundation
import NIOCore
import Testing

/// A daemon that misbehaves as no real one can be made to: it answers late, or something else.
final class ScriptedDaemon: Sendable {
    /// What it does with a request.
    struct Step {
        var answer: GateResponse
        /// In microseconds.
        var delay: UInt32
    }

    let path: String
    private let directory: TemporaryDirectory
    private let listener: Int32

    /// Listens.
    ///
    /// - Parameter script: what becomes of the request with that number, HELLO aside; `nil`: nothing.
    init(_ script: @escaping @Sendable (Int) -> Step?) throws {
        directory = try TemporaryDirectory()
        path = directory.path + "/gate.sock"
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try #require(withUnixAddress(path) { bind(listener, $0, $1) } == 0)
        try #require(listen(listener, 64) == 0)
        let count = Locked(0)
        Thread.detachNewThread { [listener] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                Thread.detachNewThread {
                    Self.serve(connection) {
                        script(
                            count.withLock { number in
                                defer { number += 1 }; return number
                            }
                        )
                    }
                }
            }
            close(listener)
        }
    }

    // The thread that accepts closes it, as its number may be another's by then.
    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func serve(_ connection: Int32, _ script: () -> Step?) {
        defer { close(connection) }
        var input = ByteBuffer()
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return }
            input.writeBytes(chunk[..<count])
            while let length = input.getInteger(at: input.readerIndex, as: UInt32.self),
                input.readableBytes >= 4 + Int(length)
            {
                input.moveReaderIndex(forwardBy: 4)
                guard let frame = input.readSlice(length: Int(length)), let request = try? GateRequest(frame: frame)
                else {
                    return
                }
                var output = ByteBuffer()
                if case .hello = request {
                    GateResponse.hello(.current, daemon: "scripted").encode(into: &output)
                } else if let step = script() {
                    usleep(step.delay)
                    step.answer.encode(into: &output)
                }
                let bytes = Array(output.readableBytesView)
                _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            }
        }
    }
}
