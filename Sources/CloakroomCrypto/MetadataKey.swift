// SPDX-License-Identifier: Apache-2.0

/// The key that seals the metadata of one session. It comes from a master key and from the session's address.
public struct MetadataKey: Sendable {
    /// The master key it comes from.
    public let masterKeyID: KeyID
    let bytes: SecureBytes
}

extension MetadataKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<metadata key>`.
    public var description: String { "<metadata key>" }
    /// Always `<metadata key>`.
    public var debugDescription: String { description }
    /// No children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
