// SPDX-License-Identifier: Apache-2.0

/// What each key of a pool still seals.
public struct PoolKeys: Equatable, Sendable, Codable {
    /// What a key does.
    public enum Role: String, Equatable, Sendable, Codable {
        /// It seals what is written, and opens.
        case seals
        /// It opens what it sealed earlier.
        case opens
        /// It sealed something, and is not in the keyring.
        case missing
    }

    /// One key.
    public struct Key: Equatable, Sendable, Codable {
        /// Its id, 16 hexadecimal digits.
        public let id: String
        /// What it does.
        public let role: Role
        /// How many seconds ago the pool first had it in its keyring, if that is known.
        public let age: UInt64?
        /// How many records it seals.
        public let records: Int
        /// Whether it seals the key that addresses are made with.
        public let addressKey: Bool
        /// Where it comes from, as an operator knows the source; `nil` when it is missing.
        public let source: String?

        /// Describes a key.
        public init(id: String, role: Role, age: UInt64?, records: Int, addressKey: Bool, source: String?) {
            self.id = id
            self.role = role
            self.age = age
            self.records = records
            self.addressKey = addressKey
            self.source = source
        }
    }

    /// The pool's name.
    public let pool: String
    /// The keys, the sealing one first.
    public let keys: [Key]
    /// Describes the keys of a pool.
    public init(pool: String, keys: [Key]) {
        self.pool = pool
        self.keys = keys
    }
}
