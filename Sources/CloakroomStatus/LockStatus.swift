// SPDX-License-Identifier: Apache-2.0

/// How many locks are held and waited for.
public struct LockStatus: Equatable, Sendable, Codable {
    /// A lock that is held.
    public struct Held: Equatable, Sendable, Codable {
        /// The session's tag.
        public var session: String
        /// The process that holds it.
        public var pid: Int32
        /// What that says it is doing; empty if it does not.
        public var request: String
        /// For how long it has held it, in milliseconds.
        public var held: UInt64
        /// How many wait for it.
        public var waiting: Int

        /// Describes a lock.
        public init(session: String, pid: Int32, request: String, held: UInt64, waiting: Int) {
            self.session = session
            self.pid = pid
            self.request = request
            self.held = held
            self.waiting = waiting
        }
    }

    /// The number of locks that are held.
    public var held: Int
    /// The number of requests that wait for one of them.
    public var waiting: Int
    /// The lock that is held longest.
    public var oldest: Held?
    /// The one that is held longest of those that somebody waits for.
    public var oldestContended: Held?

    /// Joins the figures.
    public init(held: Int = 0, waiting: Int = 0, oldest: Held? = nil, oldestContended: Held? = nil) {
        self.held = held
        self.waiting = waiting
        self.oldest = oldest
        self.oldestContended = oldestContended
    }
}
