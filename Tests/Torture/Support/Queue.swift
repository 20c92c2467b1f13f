// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProcessKit
import CloakroomProtocol

/// Clients that wait for a session's lock, in an order that is certain.
struct Queue {
    /// What the daemon must be configured to: requests that arrive on different connections have an order only when one thread
    /// takes them.
    static let configuration = "[server]\nthreads = 1\n"

    private let probe: ProtocolClient
    private let session: SessionReference

    /// A queue for a session that somebody holds; `probe` is a client with nothing to do.
    init(for session: SessionReference, probe: ProtocolClient) {
        self.session = session
        self.probe = probe
    }

    /// Puts a client at the end.
    func enter(_ client: ProtocolClient, wait: UInt32 = 0) throws {
        try client.send(.read(.init(session: session, lock: true, wait: wait)))
        try settle()
    }

    /// Waits until the daemon has seen all that was sent or closed so far. A thread that waits for sockets is told of all that
    /// are ready, and looks at each of them before it waits again. So when this PING has been answered, the others are
    /// at most in the same round; and when the next has been, they have had their turn.
    func settle() throws {
        for _ in 0..<2 {
            let answer = try probe.ask(.ping)
            try expect(answer == .pong, "PING was answered \(answer)")
        }
    }
}
