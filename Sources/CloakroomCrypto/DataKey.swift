// SPDX-License-Identifier: Apache-2.0

/// The random key of one session, sealed in its metadata. A body key takes this and the session's id.
public struct DataKey: Sendable {
    let bytes: SecureBytes

    /// Makes a key.
    ///
    /// - Throws: ``CryptoError`` when there is no randomness or the secure heap is full.
    public static func random() throws(CryptoError) -> DataKey {
        DataKey(bytes: try SecureBytes.random(count: RecordFormat.keyLength))
    }
}

extension DataKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<data key>`.
    public var description: String { "<data key>" }
    /// Always `<data key>`.
    public var debugDescription: String { description }
    /// No children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
