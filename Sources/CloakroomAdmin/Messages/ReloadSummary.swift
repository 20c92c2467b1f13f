// SPDX-License-Identifier: Apache-2.0

/// What a reload changed.
public struct ReloadSummary: Equatable, Sendable, Codable {
    /// A pool whose keys are others now.
    public struct Pool: Equatable, Sendable, Codable {
        /// The pool's name.
        public let pool: String
        /// The ids of its keys, the sealing one first.
        public let keys: [String]

        /// Describes a pool.
        public init(pool: String, keys: [String]) {
            self.pool = pool
            self.keys = keys
        }
    }

    /// The pools whose keys changed.
    public let pools: [Pool]
    /// The settings that have taken effect.
    public let changed: [String]
    /// The settings that changed and take a restart.
    public let restart: [String]

    /// Describes a reload.
    public init(pools: [Pool] = [], changed: [String] = [], restart: [String] = []) {
        self.pools = pools
        self.changed = changed
        self.restart = restart
    }
}
