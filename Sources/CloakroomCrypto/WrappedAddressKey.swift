// SPDX-License-Identifier: Apache-2.0

internal import CloakroomCore

/// The address key as the store keeps it: key id ‖ nonce ‖ ciphertext ‖ tag (`docs/record-format.md`).
enum WrappedAddressKey {
    /// Makes a new address key and seals it.
    static func make(keyring: Keyring, pool: PoolName) throws(CryptoError) -> [UInt8] {
        let keys = try PoolKeys(keyring.sealingKey, pool: pool)
        return try seal(try SecureBytes.random(count: RecordFormat.keyLength), keys: keys, pool: pool)
    }

    /// The key that one says it was sealed under; `nil` when it has another length.
    static func keyID(of value: [UInt8]) -> KeyID? {
        value.count == RecordFormat.wrappedAddressKeyLength ? KeyID(value.prefix(KeyID.length)) : nil
    }

    /// Seals an address key under a wrapping key.
    static func seal(_ addressKey: SecureBytes, keys: PoolKeys, pool: PoolName) throws(CryptoError) -> [UInt8] {
        try Sealing.array(count: RecordFormat.wrappedAddressKeyLength) { output throws(CryptoError) in
            var clear = ByteWriter(output)
            clear.put(keys.masterKeyID)
            try addressKey.withUnsafeBytes { plaintext throws(CryptoError) in
                try Sealing.withBytes(of: additionalData(pool)) { additionalData throws(CryptoError) in
                    try Sealing.seal(
                        plaintext,
                        additionalData: additionalData,
                        key: keys.wrappingKey,
                        into: UnsafeMutableRawBufferPointer(rebasing: output[KeyID.length...])
                    )
                }
            }
        }
    }

    /// Opens the address key.
    ///
    /// - Throws: ``CryptoError`` of code `keyring` when its master key is not among the keys, or it is damaged.
    static func open(
        _ value: [UInt8],
        keys: DerivedKeyring,
        pool: PoolName
    ) throws(CryptoError) -> SecureBytes {
        guard let id = keyID(of: value) else {
            let length = RecordFormat.wrappedAddressKeyLength
            throw damaged("it has \(value.count) bytes instead of \(length)")
        }
        guard let pair = keys.key(for: id) else {
            throw CryptoError(
                .keyring,
                "the store was sealed with key \(id); the keyring has \(keys): "
                    + "add the master key that sealed it, or use the state directory that belongs to this keyring"
            )
        }
        var isAuthentic = false
        let key = try SecureBytes(count: RecordFormat.keyLength) { buffer throws(CryptoError) in
            isAuthentic = try Sealing.withBytes(of: value) { value throws(CryptoError) in
                try Sealing.withBytes(of: additionalData(pool)) { additionalData throws(CryptoError) in
                    try Sealing.open(
                        UnsafeRawBufferPointer(rebasing: value[KeyID.length...]),
                        additionalData: additionalData,
                        key: pair.wrappingKey,
                        into: buffer
                    )
                }
            }
        }
        guard isAuthentic else { throw damaged("it is not authentic under key \(id)") }
        return key
    }

    private static func additionalData(_ pool: PoolName) -> [UInt8] {
        RecordFormat.addressKeyLabel + RecordFormat.lengthAndName(pool)
    }

    private static func damaged(_ how: String) -> CryptoError {
        CryptoError(.keyring, "the store's address key is damaged: \(how); restore the store from a backup")
    }
}
