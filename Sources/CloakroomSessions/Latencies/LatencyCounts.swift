// SPDX-License-Identifier: Apache-2.0

/// How long requests of one kind took, as counts by duration. A percentile is at most 1.6 % beside the true one, and the greatest
/// duration is exact.
public struct LatencyCounts: Sendable, Equatable {
    // By bucket of LatencyScale; empty before the first request, as most kinds of most pools have none.
    private var counts: [UInt64] = []
    /// The number of requests.
    public private(set) var count: UInt64 = 0
    /// The greatest duration, in nanoseconds; 0 when there is none.
    public private(set) var maximum: UInt64 = 0

    /// No requests.
    public init() {}

    /// Adds requests of one bucket.
    mutating func add(_ number: UInt64, bucket: Int) {
        if counts.isEmpty { counts = [UInt64](repeating: 0, count: LatencyScale.buckets) }
        counts[bucket] += number
        count += number
    }

    /// Adds other requests.
    mutating func add(_ other: LatencyCounts) {
        for (bucket, number) in other.counts.enumerated() where number > 0 { add(number, bucket: bucket) }
        note(maximum: other.maximum)
    }

    /// Takes a duration into account for ``maximum``.
    mutating func note(maximum duration: UInt64) { maximum = max(maximum, duration) }

    /// The duration, in nanoseconds, that the given share of all requests did not exceed; `nil` when there are none.
    ///
    /// - Parameter share: from 0 to 1.
    public func percentile(_ share: Double) -> UInt64? {
        guard count > 0 else { return nil }
        // The nearest rank: the least duration that as many requests did not exceed.
        let rank = min(count, max(1, UInt64((share * Double(count)).rounded(.up))))
        var seen: UInt64 = 0
        for (bucket, number) in counts.enumerated() {
            seen += number
            if seen >= rank { return min(LatencyScale.middle(of: bucket), maximum) }
        }
        return maximum
    }

    /// How many requests took less than 2 to the power of `exponent` nanoseconds. It is exact, as buckets begin there.
    ///
    /// - Parameter exponent: from 12, which is 4 µs, to 36, which is 69 s.
    public func count(belowPowerOfTwo exponent: Int) -> UInt64 {
        let end = LatencyScale.bucket(of: 1 << UInt64(min(max(exponent, 12), LatencyScale.rangeBits - 1)))
        return counts.prefix(end).reduce(0, +)
    }

    /// All durations together, in nanoseconds, to about 1 %.
    public var sum: UInt64 {
        counts.enumerated().reduce(0) { $0 + $1.element * LatencyScale.middle(of: $1.offset) }
    }
}
