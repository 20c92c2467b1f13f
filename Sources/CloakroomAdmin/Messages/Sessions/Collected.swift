// SPDX-License-Identifier: Apache-2.0

/// What an administrator's removal of expired sessions came to.
public struct Collected: Equatable, Sendable, Codable {
    /// The pool.
    public let pool: String
    /// How many expired sessions and tokens were removed.
    public let removed: Int

    /// Joins the fields.
    public init(
        pool: String,
        removed: Int
    ) {
        self.pool = pool
        self.removed = removed
    }
}
