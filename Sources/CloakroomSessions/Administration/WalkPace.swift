// SPDX-License-Identifier: Apache-2.0

/// Keeps a walk over many records out of the way of requests: it works for a fifth of a millisecond, and then lets others. Longer goes
/// doubled the time of the slowest requests, as a thread that comes back from a pause is not put off for another.
struct WalkPace {
    /// Records looked at in one go.
    static let batch = 16
    /// Records read in one go, 7 MB: it takes some 25 milliseconds, and most of that again for each go.
    static let page = 16_384
    /// Members of a group read in one go.
    static let memberPage = 64
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
