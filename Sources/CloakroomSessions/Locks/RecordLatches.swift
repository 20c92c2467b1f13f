// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// Makes the steps "look at a record, decide, store" of one session exclusive. Unlike a session's lock, which a client
/// holds for a whole request, a latch is held for one operation, and its thread waits for it: it is what keeps a destroyed
/// record from being written back by an operation that was already under way.
final class RecordLatches: Sendable {
    /// More than there can be threads, so that two of them rarely meet at different sessions.
    private static let count = 256

    // Many sessions share a latch. An address is a MAC, so they are spread evenly.
    private let latches = (0..<count).map { _ in Latch() }

    init() {}

    /// Runs `body` while nobody else is in `body` for the same address. It must not be called from within `body`.
    func withLatch<Result>(_ address: SessionAddress, _ body: () throws -> Result) rethrows -> Result {
        let latch = latches[address.spread(over: Self.count)]
        latch.lock()
        defer { latch.unlock() }
        return try body()
    }

    /// Waits until everybody has come out who was in a `body` when this was called.
    func passAll() {
        for latch in latches {
            latch.lock()
            latch.unlock()
        }
    }
}
