// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol
import Glibc

/// A client as PHP's handler is one: it keeps its connection, and repeats on a new one what was not answered.
final class HonestClient {
    /// How long a request may take, repeats included.
    private static let patience = Duration.seconds(30)

    /// How often something was repeated.
    private(set) var repeats = 0
    /// How many writes it did not wait for.
    private(set) var deferred = 0
    private let path: String
    private let defers: Bool
    private var connection: ProtocolClient?

    /// - Parameter defers: whether it does not wait for its writes while the daemon takes deferred ones.
    init(path: String, defers: Bool = false) {
        self.path = path
        self.defers = defers
    }

    /// Begins a request of PHP's, which a kept connection is told of by a HELLO; a stopping daemon refuses it.
    func begin() throws {
        guard connection != nil else { return }
        let answer = try ask(.greeting)
        guard case .hello = answer else { throw Finding("HELLO was answered \(answer)") }
    }

    /// Sends a request until it is answered.
    func ask(_ request: Request) throws -> Response {
        let clock = ContinuousClock()
        let end = clock.now + Self.patience
        while true {
            do {
                let connection = try connection ?? ProtocolClient.greeted(path: path)
                self.connection = connection
                let answer = try connection.ask(request)
                if case .unwritten(_, let error) = answer {
                    throw Finding("a deferred WRITE was not carried out: \(error)")
                }
                guard answer.error == .shuttingDown else { return answer }
            } catch let error as ProtocolClient.Failure {
                guard clock.now < end else {
                    throw Finding("a request was not answered within \(Self.patience): \(error)")
                }
                usleep(1_000)
            }
            connection = nil
            repeats += 1
        }
    }

    /// Adds 1 to the number that a session holds, under its lock; answers the sum.
    func increment(_ session: SessionReference) throws -> Int {
        try begin()
        let found = try ask(.read(.init(session: session, lock: true, wait: 0)))
        let sum: Int
        switch found {
        case .found(_, let data, _):
            guard let number = Int(String(decoding: data.bytes, as: UTF8.self)) else {
                throw Finding("a session that holds a number was read as something else")
            }
            sum = number + 1
        case .absent(.unknown, _): sum = 1
        default: throw Finding("a locked READ was answered \(found)")
        }
        var write = Request.Write(
            session: session,
            version: found.version ?? 0,
            token: .random(in: 1...(.max)),
            lifetime: 86_400,
            release: true,
            data: SessionData(Array("\(sum)".utf8))
        )
        write.deferred = defers && found.deferred == true
        if write.deferred, send(write) { return sum }
        write.deferred = false
        let written = try ask(.write(write))
        guard case .written = written else { throw Finding("an increment was answered \(written)") }
        return sum
    }

    /// Sends a write that is not waited for; `false` when it could not be sent, so that it is not carried out either.
    private func send(_ write: Request.Write) -> Bool {
        guard (try? connection?.send(.write(write))) != nil else {
            connection = nil
            repeats += 1
            return false
        }
        deferred += 1
        return true
    }
}
