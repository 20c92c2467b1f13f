// SPDX-License-Identifier: Apache-2.0

/// How a rotation ended, or that it goes on without the asker.
public struct RotationEnd: Equatable, Sendable, Codable {
    /// How it stands.
    public enum Outcome: String, Equatable, Sendable, Codable {
        /// Everything is sealed by the first key.
        case complete
        /// It was interrupted; the next rotation goes on.
        case interrupted
        /// It is under way in the background.
        case started
    }

    /// The pool's name.
    public let pool: String
    /// How it stands.
    public let outcome: Outcome
    /// The id of the key that seals now.
    public let key: String
    /// How many records were sealed anew, if it is complete.
    public let resealed: Int?

    /// Describes an end.
    public init(pool: String, outcome: Outcome, key: String, resealed: Int? = nil) {
        self.pool = pool
        self.outcome = outcome
        self.key = key
        self.resealed = resealed
    }
}
