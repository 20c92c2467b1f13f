// SPDX-License-Identifier: Apache-2.0

/// A master key: 32 random bytes that the operator keeps. All other keys come from it (`docs/record-format.md`).
public struct MasterKey: Sendable {
    /// The number of bytes in a key.
    public static let length = 32
    /// No way of writing a key takes more bytes than this, with ample room for spaces around it. Who reads a key need
    /// not read on.
    public static let maximumTextLength = 1024

    /// The key's name, as stored values carry it.
    public let id: KeyID
    let bytes: SecureBytes

    /// Takes the key's bytes.
    ///
    /// - Throws: ``CryptoError`` of code `key` unless there are ``length`` of them and not all are zero.
    public init(_ bytes: SecureBytes) throws(CryptoError) {
        guard bytes.count == Self.length else {
            throw CryptoError(
                .key,
                "a master key is \(Self.length) bytes, not \(bytes.count): make one with `openssl rand -base64 32`"
            )
        }
        guard bytes.withUnsafeBytes({ $0.contains { $0 != 0 } }) else {
            throw CryptoError(
                .key,
                "the master key is all zeros, which everybody can guess: make one with `openssl rand -base64 32`"
            )
        }
        self.bytes = bytes
        let name = try HKDF.derive(from: bytes, info: RecordFormat.keyIDLabel)
        id = name.withUnsafeBytes { KeyID(bigEndian: UnsafeRawBufferPointer(rebasing: $0.prefix(KeyID.length))) }
    }

    /// Reads a key as it is written down, see ``MasterKeyText``. The caller wipes `contents`.
    ///
    /// - Throws: ``CryptoError`` of code `key` for anything that is not a key.
    public init(contents: UnsafeRawBufferPointer) throws(CryptoError) {
        guard contents.count <= Self.maximumTextLength else {
            throw CryptoError(.key, MasterKeyText.Refusal.length(contents.count).description)
        }
        try self.init(
            SecureBytes(count: Self.length) { buffer throws(CryptoError) in
                if case .refused(let refusal) = MasterKeyText.decode(contents, into: buffer) {
                    throw CryptoError(.key, refusal.description)
                }
            }
        )
    }

    /// Reads a key as it is written down, see ``MasterKeyText``.
    ///
    /// - Throws: ``CryptoError`` of code `key` for anything that is not a key.
    public init(contents: SecureBytes) throws(CryptoError) {
        self = try contents.withUnsafeBytes { bytes throws(CryptoError) in try MasterKey(contents: bytes) }
    }
}

extension MasterKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The key's name only.
    public var description: String { "master key \(id)" }
    /// The key's name only.
    public var debugDescription: String { description }
    /// No children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
