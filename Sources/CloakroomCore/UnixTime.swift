// SPDX-License-Identifier: Apache-2.0

/// A point in time, in whole seconds since 1970-01-01 UTC, as PHP's `time()`.
public struct UnixTime: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01 UTC.
    public let seconds: UInt64

    /// Takes seconds since 1970-01-01 UTC.
    @inlinable
    public init(seconds: UInt64) { self.seconds = seconds }

    /// The time `interval` later, or the last representable time.
    public func advanced(by interval: UInt64) -> UnixTime {
        let (sum, overflow) = seconds.addingReportingOverflow(interval)
        return UnixTime(seconds: overflow ? .max : sum)
    }

    /// Earlier times come first.
    public static func < (left: UnixTime, right: UnixTime) -> Bool { left.seconds < right.seconds }
}
