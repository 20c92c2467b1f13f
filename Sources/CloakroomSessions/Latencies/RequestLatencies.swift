// SPDX-License-Identifier: Apache-2.0

/// How long the requests of a pool took, by kind, since the start and in the last minute.
public final class RequestLatencies: Sendable {
    /// A kind of request, or of a part of one.
    public enum Kind: Int, CaseIterable, Sendable {
        /// Reads without the lock.
        case read
        /// Reads with the lock, but for what they waited for it.
        case lockedRead
        /// Waits for a lock, those in vain included. Whoever gets it at once does not count.
        case lockWait
        /// Writes, but for what they waited for a lock.
        case write
        /// Touches of sessions that did not change.
        case touch
        /// Ends of single sessions: destroyed, or replaced under another id.
        case destroy
        /// Checks of sessions for the gate in front of PHP.
        case check
        /// All other requests.
        case other
    }

    private let kinds: [LatencyHistory]

    /// Nothing was counted yet.
    public init() {
        let memory = LatencyMemory(slots: Kind.allCases.count * LatencyHistory.slots)
        kinds = Kind.allCases.map { LatencyHistory(memory, first: $0.rawValue * LatencyHistory.slots) }
    }

    /// Counts a request.
    ///
    /// - Parameters:
    ///   - duration: what it took, in nanoseconds.
    ///   - now: when it ended, by ``LatencyClock``.
    public func count(_ kind: Kind, _ duration: UInt64, now: UInt64) { kinds[kind.rawValue].count(duration, now: now) }

    /// What was counted of a kind since the start and, of that, in the last 60 to 70 seconds.
    public func counts(
        of kind: Kind,
        now: UInt64 = LatencyClock.now()
    ) -> (sinceStart: LatencyCounts, lastMinute: LatencyCounts) {
        kinds[kind.rawValue].counts(now: now)
    }
}
