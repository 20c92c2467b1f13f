// SPDX-License-Identifier: Apache-2.0

/// How many locks are held and waited for.
public struct LockSummary: Sendable {
    /// The number of locks that are held.
    public let held: Int
    /// The number of requests that wait for one of them.
    public let waiting: Int
    /// The lock that is held longest.
    public let oldest: LockReport?
    /// The one that is held longest of those that somebody waits for.
    public let oldestContended: LockReport?
}
