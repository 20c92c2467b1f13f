// SPDX-License-Identifier: Apache-2.0

internal import CloakroomCore

/// What one pool derives from one master key.
struct PoolKeys: Sendable {
    let masterKeyID: KeyID
    /// The root of the metadata keys.
    let metadataRoot: HMACKey
    /// What seals the address key.
    let wrappingKey: SecureBytes

    init(_ master: MasterKey, pool: PoolName) throws(CryptoError) {
        masterKeyID = master.id
        metadataRoot = try HMACKey(
            HKDF.derive(from: master.bytes, info: RecordFormat.info(RecordFormat.metadataLabel, pool: pool))
        )
        wrappingKey = try HKDF.derive(
            from: master.bytes,
            info: RecordFormat.info(RecordFormat.wrapLabel, pool: pool)
        )
    }

    /// The key of the metadata at an address.
    func metadataKey(at address: SessionAddress) throws(CryptoError) -> MetadataKey {
        MetadataKey(masterKeyID: masterKeyID, bytes: try metadataRoot.deriveKey(address.bytes))
    }
}
