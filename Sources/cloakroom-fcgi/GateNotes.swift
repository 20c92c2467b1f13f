// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomSystem

/// What the log says of answers: mistakes in the web server's configuration, and what the daemon cannot do. Each text comes
/// once a minute, however many requests have it.
final class GateNotes: Sendable {
    private static let interval = Duration.seconds(60)
    /// More texts than this at a time are left out: a browser has no part in them, but nobody counts on it.
    private static let most = 16

    private let next = Locked<[String: MonotonicTime]>([:])

    /// Writes a text, unless it was written just now.
    func write(_ text: String) {
        let now = MonotonicTime.now
        let isDue = next.withLock { next in
            next = next.filter { $0.value > now }
            guard next[text] == nil, next.count < Self.most else { return false }
            next[text] = now + Self.interval
            return true
        }
        if isDue { GateLog.write(.warning, text) }
    }
}
