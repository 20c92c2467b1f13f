// SPDX-License-Identifier: Apache-2.0

/// Asks the daemon to take over sessions that another handler kept, or what holds for them. It does not print the sessions.
public struct ImportRequest: Equatable, Sendable {
    /// The pool's name.
    public let pool: String
    /// The sessions; `nil` asks for the terms only.
    public let batch: ImportBatch?

    /// Describes a request.
    public init(pool: String, batch: ImportBatch? = nil) {
        self.pool = pool
        self.batch = batch
    }
}

extension ImportRequest: Codable {
    /// Reads a request.
    ///
    /// - Throws: ``AdminError`` for a field that is not known.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: MessageField.self)
        try fields.expect(only: "request", "pool", "batch")
        pool = try fields.decode(String.self, forKey: "pool")
        batch = try fields.decodeIfPresent(ImportBatch.self, forKey: "batch")
    }

    /// Writes the request.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: MessageField.self)
        try fields.encode(pool, forKey: "pool")
        try fields.encodeIfPresent(batch, forKey: "batch")
    }
}

extension ImportRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// How many sessions into which pool.
    public var description: String {
        guard let batch else { return "import terms of \(pool)" }
        return "\(batch.isStored ? "import" : "examine") \(batch.sessions.count) into \(pool)"
    }
    /// The same.
    public var debugDescription: String { description }
    /// No children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
