// SPDX-License-Identifier: Apache-2.0

/// Keeps a walk over many records out of the way of requests: it works for about a millisecond, and then lets others.
struct WalkPace {
    /// Records looked at in one go.
    static let batch = 64
    /// The pause between two goes. The kernel makes a millisecond of it.
    private static let rest = Duration.microseconds(500)

    private var done = 0

    /// Counts a record; answers whether it is time for ``pause()``.
    mutating func isDue() -> Bool {
        done += 1
        return done.isMultiple(of: Self.batch)
    }

    /// Lets others work.
    ///
    /// - Throws: `CancellationError` when the task was cancelled.
    static func pause() async throws { try await Task.sleep(for: rest) }
}
