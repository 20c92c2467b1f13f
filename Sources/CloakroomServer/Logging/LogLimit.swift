// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// Keeps one message from filling the log: a client that is refused again and again shall not drive out what others have
/// to say. Messages are told apart by their text, which is constant; what varies is in their metadata.
final class LogLimit: Sendable {
    /// How often a message is written in one ``interval``.
    static let burst = 20
    /// The time after which a message may be written again.
    static let interval = Duration.seconds(10)
    /// Messages that are remembered. There are fewer in the program, but each pool has its own, and some have a part that varies.
    private static let capacity = 4096

    private struct Window {
        var start: ContinuousClock.Instant
        var written = 0
        var leftOut = 0
    }

    private let windows = Locked<[String: Window]>([:])

    /// Whether to write a message now; then also how many like it were left out before.
    func admit(_ message: String, now: ContinuousClock.Instant = .now) -> (isWritten: Bool, leftOut: Int) {
        windows.withLock { windows in
            if windows[message] == nil, windows.count >= Self.capacity {
                windows = windows.filter { $0.value.start.advanced(by: Self.interval) > now }
                guard windows.count < Self.capacity else { return (true, 0) }
            }
            var window = windows[message] ?? Window(start: now)
            let leftOut = window.leftOut
            if window.start.advanced(by: Self.interval) <= now { window = Window(start: now) }
            guard window.written < Self.burst else {
                window.leftOut += 1
                windows[message] = window
                return (false, 0)
            }
            window.written += 1
            window.leftOut = 0
            windows[message] = window
            return (true, leftOut)
        }
    }
}
