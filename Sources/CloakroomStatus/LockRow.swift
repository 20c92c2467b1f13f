// SPDX-License-Identifier: Apache-2.0

/// A lock that is held. Times are in milliseconds.
public struct LockRow: Equatable, Sendable, Codable {
    /// The most waiters of a lock that are named.
    public static let mostWaiters = 400

    /// Who has a lock or waits for it.
    public struct Client: Equatable, Sendable, Codable {
        /// The process id, as the kernel told when it connected.
        public let pid: Int32
        /// What it says it is doing; empty when it does not.
        public let request: String
        /// For how long it has had the lock, or waited for it.
        public let milliseconds: Int64

        /// Joins the fields.
        public init(
            pid: Int32,
            request: String,
            milliseconds: Int64
        ) {
            self.pid = pid
            self.request = request
            self.milliseconds = milliseconds
        }
    }

    /// The pool.
    public let pool: String
    /// The session.
    public let tag: String
    /// Whose it is, if that is known.
    public let user: String?
    /// Who has it, and for how long.
    public let holder: Client
    /// How many wait for it.
    public let waiting: Int
    /// The first of them, in the order in which they will be served.
    public let waiters: [Client]

    /// Joins the fields.
    public init(
        pool: String,
        tag: String,
        user: String? = nil,
        holder: Client,
        waiting: Int,
        waiters: [Client]
    ) {
        self.pool = pool
        self.tag = tag
        self.user = user
        self.holder = holder
        self.waiting = waiting
        self.waiters = waiters
    }
}
