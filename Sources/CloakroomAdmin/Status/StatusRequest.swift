// SPDX-License-Identifier: Apache-2.0

/// Asks how the daemon and its pools are. It reads no session.
public struct StatusRequest: Equatable, Sendable {
    /// The pool that is meant; `nil`: all.
    public let pool: String?

    /// Asks for one pool, or all.
    public init(pool: String? = nil) { self.pool = pool }
}

extension StatusRequest: Codable {
    /// Reads the request's fields.
    ///
    /// - Throws: ``AdminError`` for a field that is not known.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: MessageField.self)
        try fields.expect(only: "request", "pool")
        pool = try fields.decodeIfPresent(String.self, forKey: "pool")
    }

    /// Writes the request's fields.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: MessageField.self)
        try fields.encodeIfPresent(pool, forKey: "pool")
    }
}
