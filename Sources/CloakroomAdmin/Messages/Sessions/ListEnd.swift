// SPDX-License-Identifier: Apache-2.0

/// The end of a list.
public struct ListEnd: Equatable, Sendable, Codable {
    /// How many rows there were.
    public let rows: Int
    /// How many records did not open, so that nobody knows what they are.
    public let unreadable: Int
    /// Whether there are more than were asked for.
    public let more: Bool

    /// Joins the fields.
    public init(
        rows: Int,
        unreadable: Int,
        more: Bool
    ) {
        self.rows = rows
        self.unreadable = unreadable
        self.more = more
    }
}
