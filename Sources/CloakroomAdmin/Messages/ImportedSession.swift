// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A session that another handler kept. Whoever has its id is its user, so it does not print itself.
public struct ImportedSession: Equatable, Sendable {
    /// The session's id; secret.
    public let id: String
    /// The contents; secret.
    public let data: [UInt8]
    /// When it was made, in seconds since 1970-01-01 UTC.
    public let created: UInt64
    /// When it was used last, in seconds since 1970-01-01 UTC.
    public let lastSeen: UInt64
    /// How many seconds it lives after that.
    public let lifetime: UInt32

    /// Describes a session.
    public init(id: String, data: [UInt8], created: UInt64, lastSeen: UInt64, lifetime: UInt32) {
        self.id = id
        self.data = data
        self.created = created
        self.lastSeen = lastSeen
        self.lifetime = lifetime
    }
}

extension ImportedSession: Codable {
    /// Reads a session.
    ///
    /// - Throws: ``AdminError`` for a field that is not known.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: MessageField.self)
        try fields.expect(only: "id", "data", "created", "lastSeen", "lifetime")
        id = try fields.decode(String.self, forKey: "id")
        data = [UInt8](try fields.decode(Data.self, forKey: "data"))
        created = try fields.decode(UInt64.self, forKey: "created")
        lastSeen = try fields.decode(UInt64.self, forKey: "lastSeen")
        lifetime = try fields.decode(UInt32.self, forKey: "lifetime")
    }

    /// Writes the session.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: MessageField.self)
        try fields.encode(id, forKey: "id")
        try fields.encode(Data(data), forKey: "data")
        try fields.encode(created, forKey: "created")
        try fields.encode(lastSeen, forKey: "lastSeen")
        try fields.encode(lifetime, forKey: "lifetime")
    }
}

extension ImportedSession: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<session>`.
    public var description: String { "<session>" }
    /// Always `<session>`.
    public var debugDescription: String { description }
    /// No children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
