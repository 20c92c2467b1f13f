// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A moment of CLOCK_MONOTONIC (clock_gettime(2)), for deadlines.
package struct MonotonicTime: Comparable, Sendable {
    /// Nanoseconds since some moment before the start of the process.
    package let nanoseconds: UInt64

    /// A moment that never comes.
    package static let never = MonotonicTime(nanoseconds: .max)

    /// The present.
    package static var now: MonotonicTime {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return MonotonicTime(nanoseconds: UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec))
    }

    /// The earlier one is less.
    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }

    /// A later moment.
    package static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
        let (seconds, attoseconds) = duration.components
        return MonotonicTime(
            nanoseconds: time.nanoseconds + UInt64(clamping: seconds) * 1_000_000_000
                + UInt64(clamping: attoseconds / 1_000_000_000)
        )
    }

    /// The nanoseconds from now to this moment; 0 when it is over.
    package func nanosecondsLeft(at now: MonotonicTime = .now) -> UInt64 {
        nanoseconds > now.nanoseconds ? nanoseconds - now.nanoseconds : 0
    }
}
