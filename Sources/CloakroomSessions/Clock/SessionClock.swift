// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// Tells the time to the rules, so that tests can.
public protocol SessionClock: Sendable {
    /// Microseconds since 1970-01-01 UTC.
    func microseconds() -> UInt64
}

extension SessionClock {
    /// Whole seconds since 1970-01-01 UTC.
    public func now() -> UnixTime { UnixTime(seconds: microseconds() / 1_000_000) }
}
