// SPDX-License-Identifier: Apache-2.0

/// What a client names a session by: its name and its id.
public struct SessionReference: Hashable, Sendable {
    /// The session name.
    public let name: SessionName
    /// The session id; secret.
    public let id: SessionID

    /// Name and id as one string of bytes, the name preceded by its length, so that no two references share an
    /// encoding. This is what addresses and body keys are computed from (`docs/record-format.md`); secret.
    public let encoded: [UInt8]

    /// Joins a name and an id.
    public init(name: SessionName, id: SessionID) {
        self.name = name
        self.id = id
        var encoded: [UInt8] = []
        encoded.reserveCapacity(1 + name.bytes.count + id.bytes.count)
        encoded.append(UInt8(name.bytes.count))
        encoded.append(contentsOf: name.bytes)
        encoded.append(contentsOf: id.bytes)
        self.encoded = encoded
    }

    /// Equal when name and id are.
    public static func == (left: SessionReference, right: SessionReference) -> Bool { left.encoded == right.encoded }

    /// Hashes name and id.
    public func hash(into hasher: inout Hasher) { hasher.combine(encoded) }
}

extension SessionReference: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<session>`.
    public var description: String { "<session>" }
    /// Always `<session>`.
    public var debugDescription: String { description }
    /// No children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
