// SPDX-License-Identifier: Apache-2.0

/// What a client names a session by: its name and its id.
public struct SessionReference: Hashable, Sendable {
    /// The session name.
    public let name: SessionName
    /// The session id; secret.
    public let id: SessionID

    /// Joins a name and an id.
    public init(name: SessionName, id: SessionID) {
        self.name = name
        self.id = id
    }

    /// Name and id as one string of bytes, the name preceded by its length, so that no two references share an
    /// encoding. This is what addresses and body keys are computed from (`docs/record-format.md`).
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1 + name.bytes.count + id.bytes.count)
        bytes.append(UInt8(name.bytes.count))
        bytes.append(contentsOf: name.bytes)
        bytes.append(contentsOf: id.bytes)
        return bytes
    }
}
