// SPDX-License-Identifier: Apache-2.0

/// Something that is stored and is not as it has to be.
public struct Finding: Equatable, Sendable, Codable {
    /// The pool.
    public let pool: String
    /// The record; `nil` for what belongs to none.
    public let tag: String?
    /// What is wrong.
    public let reason: String

    /// Joins the fields.
    public init(
        pool: String,
        tag: String? = nil,
        reason: String
    ) {
        self.pool = pool
        self.tag = tag
        self.reason = reason
    }
}
