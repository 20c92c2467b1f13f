// SPDX-License-Identifier: Apache-2.0

/// What a client names a session by: its name and its id.
public struct SessionReference: Hashable, Sendable {
    /// Name and id as one string of bytes, the name preceded by its length, so that no two references share an
    /// encoding. This is what addresses and body keys are computed from (`docs/record-format.md`); secret.
    public let encoded: [UInt8]

    /// The session name.
    public var name: SessionName { SessionName(unchecked: Array(encoded[1..<idStart])) }
    /// The session id; secret.
    public var id: SessionID { SessionID(unchecked: Array(encoded[idStart...])) }

    private var idStart: Int { 1 + Int(encoded[0]) }

    /// Joins a name and an id.
    public init(name: SessionName, id: SessionID) {
        encoded = [UInt8(name.bytes.count)] + name.bytes + id.bytes
    }

    /// Takes name and id from memory, or answers `nil` when one of them is not what it should be. Every request names its
    /// session, so this makes one array instead of three.
    @inlinable
    public init?(name: UnsafeRawBufferPointer, id: UnsafeRawBufferPointer) {
        guard SessionName.isValid(name), SessionID.isValid(id) else { return nil }
        encoded = [UInt8](unsafeUninitializedCapacity: 1 + name.count + id.count) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            bytes[0] = UInt8(name.count)
            UnsafeMutableRawBufferPointer(rebasing: bytes[1...]).copyMemory(from: name)
            UnsafeMutableRawBufferPointer(rebasing: bytes[(1 + name.count)...]).copyMemory(from: id)
            count = 1 + name.count + id.count
        }
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
