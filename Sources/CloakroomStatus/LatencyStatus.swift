// SPDX-License-Identifier: Apache-2.0

/// How long requests of one kind took. All times are in nanoseconds.
public struct LatencyStatus: Equatable, Sendable, Codable {
    /// A kind of request, or of a part of one.
    public enum Kind: String, Equatable, Sendable, Codable, CaseIterable {
        /// Reads without the lock.
        case read
        /// Reads with the lock, but for what they waited for it.
        case lockedRead
        /// Waits for a lock.
        case lockWait
        /// Writes, but for what they waited for a lock.
        case write
        /// Touches of sessions that did not change.
        case touch
        /// Ends of single sessions.
        case destroy
        /// Checks of sessions for the gate in front of PHP.
        case check
        /// All other requests.
        case other
    }

    /// The requests of some time. Percentiles are at most 1.6 % beside the true ones; without requests there are none.
    public struct Distribution: Equatable, Sendable, Codable {
        /// How many there were.
        public var count: UInt64
        /// What half of them did not exceed.
        public var p50: UInt64?
        /// What 90 % of them did not exceed.
        public var p90: UInt64?
        /// What 99 % of them did not exceed.
        public var p99: UInt64?
        /// What 99.9 % of them did not exceed.
        public var p999: UInt64?
        /// The longest.
        public var max: UInt64?

        /// Joins the figures.
        public init(
            count: UInt64 = 0,
            p50: UInt64? = nil,
            p90: UInt64? = nil,
            p99: UInt64? = nil,
            p999: UInt64? = nil,
            max: UInt64? = nil
        ) {
            self.count = count
            self.p50 = p50
            self.p90 = p90
            self.p99 = p99
            self.p999 = p999
            self.max = max
        }
    }

    /// The exponents of the powers of two that ``below`` counts by: from 4 µs to 69 s.
    public static let exponents = 12...36

    /// The kind.
    public var kind: Kind
    /// All since the daemon's start.
    public var sinceStart: Distribution
    /// Those of the last 60 to 70 seconds.
    public var lastMinute: Distribution
    /// All durations since the start together, to about 1 %.
    public var sum: UInt64
    /// How many since the start took less than each power of two of ``exponents``: a cumulative histogram, as monitoring systems want
    /// it.
    public var below: [UInt64]

    /// Joins the figures.
    public init(kind: Kind, sinceStart: Distribution, lastMinute: Distribution, sum: UInt64, below: [UInt64]) {
        self.kind = kind
        self.sinceStart = sinceStart
        self.lastMinute = lastMinute
        self.sum = sum
        self.below = below
    }
}
