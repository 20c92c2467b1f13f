// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// Makes the steps "look at a record, decide, store" of one session exclusive. Unlike a session's lock, which a client
/// holds for a whole request, a latch is held for one operation: it is what keeps a destroyed record from being
/// written back by an operation that was already under way.
final class RecordLatches: Sendable {
    /// For each latched address, those who wait for it, in order of arrival.
    private let latched = Locked<[SessionAddress: [CheckedContinuation<Void, Never>]]>([:])

    init() {}

    /// Runs `body` while nobody else is in `body` for the same address.
    func withLatch<Result>(_ address: SessionAddress, _ body: () async throws -> Result) async rethrows -> Result {
        if !enterIfFree(address) { await enter(address) }
        defer { leave(address) }
        return try await body()
    }

    private func enterIfFree(_ address: SessionAddress) -> Bool {
        latched.withLock { latched in
            guard latched[address] == nil else { return false }
            latched[address] = []
            return true
        }
    }

    private func enter(_ address: SessionAddress) async {
        await withCheckedContinuation { continuation in
            let isFree = latched.withLock { latched in
                guard latched[address] != nil else {
                    latched[address] = []
                    return true
                }
                latched[address]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave(_ address: SessionAddress) {
        let next = latched.withLock { latched -> CheckedContinuation<Void, Never>? in
            guard latched[address]?.isEmpty == false else {
                latched[address] = nil
                return nil
            }
            return latched[address]?.removeFirst()
        }
        next?.resume()
    }
}
