// SPDX-License-Identifier: Apache-2.0

/// Asks for a checkpoint, which lasts until the connection ends.
public struct CheckpointRequest: Equatable, Sendable, Codable {
    /// One pool's only; `nil`: that of all pools.
    public let pool: String?

    /// Asks for one.
    public init(pool: String? = nil) { self.pool = pool }

    /// Reads the fields of a request.
    ///
    /// - Throws: ``AdminError`` for a field that is not known.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: MessageField.self)
        try fields.expect(only: "request", "pool")
        pool = try fields.decodeIfPresent(String.self, forKey: "pool")
    }

    /// Writes the fields of a request.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: MessageField.self)
        try fields.encodeIfPresent(pool, forKey: "pool")
    }
}
