// SPDX-License-Identifier: Apache-2.0

/// What became of a key that was to be retired.
public struct Retirement: Equatable, Sendable, Codable {
    /// How it ended.
    public enum Outcome: String, Equatable, Sendable, Codable {
        /// The daemon does not have the key any more.
        case retired
        /// Something is still sealed by it.
        case needed
        /// It is the key that seals.
        case seals
        /// The keyring has no such key.
        case unknown
        /// A rotation is under way.
        case rotating
    }

    /// The pool's name.
    public let pool: String
    /// The key's id.
    public let key: String
    /// How it ended.
    public let outcome: Outcome
    /// How many records it seals; 0 unless it is needed.
    public let records: Int
    /// Whether it seals the key that addresses are made with.
    public let addressKey: Bool

    /// Describes an end.
    public init(pool: String, key: String, outcome: Outcome, records: Int = 0, addressKey: Bool = false) {
        self.pool = pool
        self.key = key
        self.outcome = outcome
        self.records = records
        self.addressKey = addressKey
    }
}
