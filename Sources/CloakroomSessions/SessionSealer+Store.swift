// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
public import CloakroomCrypto
public import CloakroomStore

extension SessionSealer {
    /// The sealer for a store: with the address key that the store has, or a new one for an empty store.
    ///
    /// - Throws: `StoreError` when the store cannot be read or written; `CryptoError` when it was sealed under a key that
    ///   is not in the keyring, or its address key is lost.
    public static func open(
        _ store: any SessionStore,
        keyring: Keyring,
        pool: PoolName
    ) throws -> SessionSealer {
        let property = StoreProperty.addressKey(of: pool)
        if let wrapped = try store.property(property) {
            return try SessionSealer(keyring: keyring, pool: pool, wrappedAddressKey: wrapped)
        }
        guard try store.expiryEntries(through: UnixTime(seconds: .max), limit: 1).isEmpty else {
            throw CryptoError(
                .keyring,
                "the store has sessions but no address key: it is damaged; restore it from a backup, or remove it and let "
                    + "everybody log in anew"
            )
        }
        let wrapped = try makeWrappedAddressKey(keyring: keyring, pool: pool)
        try store.setProperty(property, to: wrapped)
        return try SessionSealer(keyring: keyring, pool: pool, wrappedAddressKey: wrapped)
    }
}
