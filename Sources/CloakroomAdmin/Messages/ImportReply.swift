// SPDX-License-Identifier: Apache-2.0

/// What became of sessions that were to be taken over, or what holds for them.
public struct ImportReply: Equatable, Sendable, Codable {
    /// What holds for a pool.
    public struct Terms: Equatable, Sendable, Codable {
        /// The ids of the users that belong to the pool.
        public let users: [UInt32]
        /// The ids of the groups whose members belong to the pool.
        public let groups: [UInt32]
        /// The most bytes of a session's contents.
        public let maximumData: Int

        /// Describes the terms.
        public init(users: [UInt32], groups: [UInt32], maximumData: Int) {
            self.users = users
            self.groups = groups
            self.maximumData = maximumData
        }
    }

    /// What became of one session.
    public struct Entry: Equatable, Sendable, Codable {
        /// What became of it.
        public let outcome: ImportOutcome
        /// Its tag, by which the daemon's log names it; `nil` when it cannot have one.
        public let session: String?

        /// Describes an entry.
        public init(_ outcome: ImportOutcome, session: String?) {
            self.outcome = outcome
            self.session = session
        }
    }

    /// The pool's name.
    public let pool: String
    /// What holds for it, when that was asked.
    public let terms: Terms?
    /// What became of each session of a batch, in their order.
    public let outcomes: [Entry]?

    /// Describes a reply.
    public init(pool: String, terms: Terms? = nil, outcomes: [Entry]? = nil) {
        self.pool = pool
        self.terms = terms
        self.outcomes = outcomes
    }
}
