// SPDX-License-Identifier: Apache-2.0

/// Which durations a histogram of latencies counts together: each power of two of nanoseconds is divided into 32 buckets of equal
/// width, so that a bucket is at most 3.1 % wide, as in an HdrHistogram. Below 2 µs buckets are 64 ns wide; what takes longer than two
/// minutes counts as two minutes.
enum LatencyScale {
    /// The width of the narrowest bucket is 2 to the power of this, in nanoseconds.
    private static let unitBits = 6
    /// Each power of two has 2 to the power of this many buckets.
    private static let divisionBits = 5
    private static let divisions = 1 << divisionBits
    /// Durations from 2 to the power of this many nanoseconds on, 137 s, are in the last bucket.
    static let rangeBits = 37

    /// The number of buckets.
    static let buckets = (rangeBits - unitBits - divisionBits + 1) * divisions

    /// The bucket of a duration in nanoseconds.
    @inline(__always)
    static func bucket(of nanoseconds: UInt64) -> Int {
        let units = min(nanoseconds, 1 << UInt64(rangeBits) - 1) >> UInt64(unitBits)
        // How many powers of two it is above the ones that are not divided.
        let shift = max(0, 63 - divisionBits - units.leadingZeroBitCount)
        return shift << divisionBits + Int(truncatingIfNeeded: units >> UInt64(shift))
    }

    /// The least duration that is in a bucket, in nanoseconds; of the bucket behind the last one, where the range ends.
    static func start(of bucket: Int) -> UInt64 {
        guard bucket >= 2 * divisions else { return UInt64(bucket) << UInt64(unitBits) }
        let shift = bucket >> divisionBits - 1
        return UInt64(divisions + bucket & (divisions - 1)) << UInt64(shift + unitBits)
    }

    /// The duration in the middle of a bucket, in nanoseconds.
    static func middle(of bucket: Int) -> UInt64 { (start(of: bucket) + start(of: bucket + 1)) / 2 }
}
