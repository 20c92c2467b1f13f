// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
import Glibc

/// Tells the time to the rules, so that tests can.
public protocol SessionClock: Sendable {
    /// Microseconds since 1970-01-01 UTC.
    func microseconds() -> UInt64
}

extension SessionClock {
    /// Whole seconds since 1970-01-01 UTC.
    public func now() -> UnixTime { UnixTime(seconds: microseconds() / 1_000_000) }
}

/// The system's clock (clock_gettime(2), `CLOCK_REALTIME`).
public struct SystemClock: SessionClock {
    /// The system's clock.
    public init() {}

    /// Microseconds since 1970-01-01 UTC.
    public func microseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1_000
    }
}
