// SPDX-License-Identifier: Apache-2.0

/// Sessions of one name that are to be taken over. They do not print themselves.
public struct ImportBatch: Equatable, Sendable {
    /// The most sessions in a batch.
    public static let mostSessions = 1024
    /// The most bytes of contents in a batch: as much as fits a frame in base64, with room for ids and times.
    public static let mostData = 6_000_000

    /// The name of the sessions (`session.name`).
    public let name: String
    /// Whether they are stored; else the daemon only says what would become of them.
    public let isStored: Bool
    /// The sessions.
    public let sessions: [ImportedSession]

    /// Describes a batch.
    public init(name: String, isStored: Bool, sessions: [ImportedSession]) {
        self.name = name
        self.isStored = isStored
        self.sessions = sessions
    }
}

extension ImportBatch: Codable {
    /// Reads a batch.
    ///
    /// - Throws: ``AdminError`` for a field that is not known, and for too many sessions.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: MessageField.self)
        try fields.expect(only: "name", "store", "sessions")
        name = try fields.decode(String.self, forKey: "name")
        isStored = try fields.decode(Bool.self, forKey: "store")
        sessions = try fields.decode([ImportedSession].self, forKey: "sessions")
        guard sessions.count <= Self.mostSessions else {
            throw AdminError(.malformed, "a batch of \(sessions.count) sessions; the limit is \(Self.mostSessions)")
        }
    }

    /// Writes the batch.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: MessageField.self)
        try fields.encode(name, forKey: "name")
        try fields.encode(isStored, forKey: "store")
        try fields.encode(sessions, forKey: "sessions")
    }
}

extension ImportBatch: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// How many.
    public var description: String { "<\(sessions.count) sessions>" }
    /// The same.
    public var debugDescription: String { description }
    /// No children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
