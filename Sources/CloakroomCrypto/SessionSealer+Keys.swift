// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

extension SessionSealer {
    /// The names of the keyring's keys in order, the one that seals first.
    public var keyIDs: [KeyID] { derived.ids }

    /// Uses another keyring from now on. What was derived from a key that is not in it is wiped as soon as no call that began before
    /// uses it any more.
    ///
    /// - Parameters:
    ///   - keyring: the new keys.
    ///   - wrappedAddressKey: the store's address key as it is stored now.
    /// - Throws: ``CryptoError`` of code `keyring` when the new keys do not open the address key; the old keyring stays in use.
    public func take(_ keyring: Keyring, wrappedAddressKey: [UInt8]) throws(CryptoError) {
        let next = try DerivedKeyring(keyring, pool: pool, known: derived.keys)
        _ = try WrappedAddressKey.open(wrappedAddressKey, keys: next, pool: pool)
        exchange(for: next)
    }

    /// Takes a key out of the keyring, and wipes what was derived from it as ``take(_:wrappedAddressKey:)`` does. Whoever calls this
    /// knows that nothing needs the key, and that nobody else changes the keyring meanwhile. Does nothing for the key that seals.
    public func forget(_ id: KeyID) {
        if let rest = derived.without(id) { exchange(for: rest) }
    }

    /// The key that seals metadata at an address from now on: `known`, which was derived before, unless the keyring has changed since.
    public func metadataKey(
        at address: SessionAddress,
        reusing known: MetadataKey?
    ) throws(CryptoError) -> MetadataKey {
        if let known, isSealing(known.masterKeyID) { return known }
        return try metadataKey(at: address)
    }
}

// MARK: - Resealing

extension SessionSealer {
    /// The key that a value says it was sealed under; `nil` when it is too short for one, or of another format. Nothing is checked.
    public static func keyID(of value: [UInt8]) -> KeyID? {
        guard value.count > clearMetadataLength, value[0] == RecordHeader.format else { return nil }
        return KeyID(value[RecordHeader.length..<clearMetadataLength])
    }

    /// The key that an address key says it was wrapped under; `nil` when it is none.
    public static func keyID(ofWrapped addressKey: [UInt8]) -> KeyID? { WrappedAddressKey.keyID(of: addressKey) }

    /// Seals metadata or a family of tokens under the first key, with the same header, if another key of the keyring sealed it. Which
    /// of the two it is shows in the label that authenticates.
    public func reseal(_ value: [UInt8], at address: SessionAddress) throws(CryptoError) -> Resealing {
        if let format = value.first, format != RecordHeader.format { return .rejected(.unknownFormat) }
        guard let id = Self.keyID(of: value) else { return .rejected(.truncated) }
        let keys = derived
        guard id != keys.sealing.masterKeyID else { return .current }
        guard let old = keys.key(for: id) else { return .rejected(.unknownKey(id)) }
        let count = value.count - RecordFormat.metadataOverhead
        guard count > 0 else { return .rejected(.truncated) }
        guard count <= Self.longestPlaintext else { return .rejected(.notAuthentic) }
        let (oldKey, newKey) = (try old.metadataKey(at: address), try keys.sealing.metadataKey(at: address))
        return try Sealing.withSecretBuffer(count: count) { plaintext throws(CryptoError) in
            for label in [RecordFormat.metadataLabel, RecordFormat.rememberRecordLabel] {
                guard try open(label, value, at: address, with: oldKey, into: plaintext) else { continue }
                return .resealed(
                    try sealAgain(label, value, UnsafeRawBufferPointer(plaintext), at: address, with: newKey)
                )
            }
            return .rejected(.notAuthentic)
        }
    }

    /// Wraps the store's address key under the keyring's first key; `nil` when it is already.
    ///
    /// - Throws: ``CryptoError`` of code `keyring` when no key of the keyring opens it.
    public func rewrap(_ wrappedAddressKey: [UInt8]) throws(CryptoError) -> [UInt8]? {
        let keys = derived
        let addressKey = try WrappedAddressKey.open(wrappedAddressKey, keys: keys, pool: pool)
        guard WrappedAddressKey.keyID(of: wrappedAddressKey) != keys.sealing.masterKeyID else { return nil }
        return try WrappedAddressKey.seal(addressKey, keys: keys.sealing, pool: pool)
    }

    private static let longestPlaintext =
        max(RecordFormat.metadataPlaintextLength, TokenFamily.fixedLength) + UserName.maximumLength

    private func sealAgain(
        _ label: [UInt8],
        _ value: [UInt8],
        _ plaintext: UnsafeRawBufferPointer,
        at address: SessionAddress,
        with key: MetadataKey
    ) throws(CryptoError) -> [UInt8] {
        try Sealing.array(count: value.count) { output throws(CryptoError) in
            var clear = ByteWriter(output)
            clear.put(Array(value[..<RecordHeader.length]))
            clear.put(key.masterKeyID)
            let clearBytes = clear.written
            try withMetadataAdditionalData(label, clear: clearBytes, address: address) {
                additionalData throws(CryptoError) in
                try Sealing.seal(
                    plaintext,
                    additionalData: additionalData,
                    key: key.bytes,
                    into: UnsafeMutableRawBufferPointer(rebasing: output[clearBytes.count...])
                )
            }
        }
    }
}
