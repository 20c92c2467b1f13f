// SPDX-License-Identifier: Apache-2.0

import CloakroomProtocol

/// Many connections that say HELLO and then nothing more.
final class Crowd {
    private let sockets: [RawSocket]

    /// Connects so many times, and waits for all to be greeted.
    init(greeted count: Int, path: String) throws {
        var sockets: [RawSocket] = []
        var buffer = [UInt8](repeating: 0, count: 256)
        for _ in 0..<count {
            let socket = try RawSocket(path: path)
            sockets.append(socket)
            try socket.send(.greeting)
            guard socket.waitForInput(), case .bytes = socket.receive(into: &buffer) else {
                throw Finding("connection \(sockets.count) of \(count) was not greeted")
            }
        }
        self.sockets = sockets
    }

    /// Connects so many times, as far as there is room in the listener's queue, and whether or not anybody answers.
    init(besieging path: String, count: Int) {
        sockets = (0..<count).compactMap { _ in
            guard let socket = try? RawSocket(path: path, waits: false) else { return nil }
            _ = socket.send(Request.greeting.bytes[...])
            return socket
        }
    }

    /// How many connected.
    var count: Int { sockets.count }
}
