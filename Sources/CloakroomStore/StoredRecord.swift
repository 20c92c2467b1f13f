// SPDX-License-Identifier: Apache-2.0

/// A session as the store keeps it: two sealed values, each beginning with a `RecordHeader`.
public struct StoredRecord: Hashable, Sendable {
    /// The sealed metadata.
    public var metadata: [UInt8]
    /// The sealed body, or `nil` when the store has none beside the metadata (which is damage, not absence).
    public var body: [UInt8]?

    /// Joins the two values.
    public init(metadata: [UInt8], body: [UInt8]?) {
        self.metadata = metadata
        self.body = body
    }
}
