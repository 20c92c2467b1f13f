// SPDX-License-Identifier: Apache-2.0

/// The limits that the session rules enforce.
public struct SessionRules: Hashable, Sendable {
    /// The greatest number of bytes of data in a session.
    public var maximumData: Int
    /// The longest that a request waits for a session's lock.
    public var lockWait: Duration
    /// How long a lock may be held before a waiter can take it over.
    public var lockHold: Duration
    /// The greatest number of requests that wait for one session's lock.
    public var maximumWaiters: Int

    /// Joins the limits.
    public init(maximumData: Int, lockWait: Duration, lockHold: Duration, maximumWaiters: Int) {
        self.maximumData = maximumData
        self.lockWait = lockWait
        self.lockHold = lockHold
        self.maximumWaiters = maximumWaiters
    }
}
