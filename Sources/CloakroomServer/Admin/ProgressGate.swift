// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// Lets progress through a few times in a second, however often there is some.
final class ProgressGate: Sendable {
    /// The time between two reports.
    static let interval = Duration.milliseconds(200)

    private let next = Locked<ContinuousClock.Instant?>(nil)

    /// Whether to report now.
    func opens(now: ContinuousClock.Instant = .now) -> Bool {
        next.withLock { next in
            if let due = next, now < due { return false }
            next = now.advanced(by: Self.interval)
            return true
        }
    }
}
