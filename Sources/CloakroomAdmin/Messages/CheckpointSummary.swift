// SPDX-License-Identifier: Apache-2.0

/// A checkpoint that can be copied until the connection ends.
public struct CheckpointSummary: Equatable, Sendable, Codable {
    /// What there is of one pool.
    public struct Pool: Equatable, Sendable, Codable {
        /// The pool's name.
        public let pool: String
        /// The directory that has the files, which do not change.
        public let directory: String
        /// The ids of the keys that something in it is sealed by, in order.
        public let keys: [String]
        /// How many sessions the pool had, if that is known.
        public let sessions: Int?

        /// Describes what there is of a pool.
        public init(pool: String, directory: String, keys: [String], sessions: Int?) {
            self.pool = pool
            self.directory = directory
            self.keys = keys
            self.sessions = sessions
        }
    }

    /// When it was begun, in seconds since 1970-01-01 UTC by the machine's clock: what was acknowledged before is in it.
    public let time: UInt64
    /// The pools, `default` first.
    public let pools: [Pool]

    /// Describes a checkpoint.
    public init(time: UInt64, pools: [Pool]) {
        self.time = time
        self.pools = pools
    }
}
