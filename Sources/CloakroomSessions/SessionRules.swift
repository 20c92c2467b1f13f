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
    /// The greatest number of sessions in a pool; `nil`: as many as fit the disk.
    public var maximumSessions: Int?
    /// The greatest number of bytes of a pool's sessions, each counted in whole KiB; `nil`: as many as fit the disk.
    public var maximumTotalSize: Int?
    /// How long sessions live.
    public var lifetimes = LifetimeRules()
    /// How sessions are bound to browsers.
    public var binding = BindingRules.off
    /// How many unknown ids a client may send.
    public var guessing = GuessingLimits(idsPerMinute: 0)
    /// Whether the use of an id that was replaced ends every session that came of it.
    public var reuseEndsLineage = false
    /// How many sessions a user may have.
    public var users = UserRules()
    /// What holds for tokens that outlive sessions.
    public var remembering = RememberRules()

    /// Where clients look for a session that is unknown, before it counts as that; empty: nowhere. Then it is also remembered that a
    /// session was destroyed, for as long as it would have lived, so that nothing brings it back from there.
    public var readThrough = ""

    /// Whether clients look elsewhere for sessions that are unknown.
    public var readsThrough: Bool { !readThrough.isEmpty }

    /// Joins the limits.
    public init(
        maximumData: Int,
        lockWait: Duration,
        lockHold: Duration,
        maximumWaiters: Int,
        maximumSessions: Int? = nil,
        maximumTotalSize: Int? = nil
    ) {
        self.maximumData = maximumData
        self.lockWait = lockWait
        self.lockHold = lockHold
        self.maximumWaiters = maximumWaiters
        self.maximumSessions = maximumSessions
        self.maximumTotalSize = maximumTotalSize
    }
}
