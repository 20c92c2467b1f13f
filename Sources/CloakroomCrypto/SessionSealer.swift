// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// Computes addresses and keys, and seals and opens what is stored, for one pool and one store
/// (`docs/record-format.md`).
///
/// A value that does not open is an outcome, ``Opened``; what is thrown are faults of OpenSSL and a full secure heap.
/// All functions may be called from any thread.
public final class SessionSealer: Sendable {
    private let sealingKeys: PoolKeys
    private let openingKeys: [PoolKeys]
    private let addressKey: SecureBytes
    private let metadataPrefix: [UInt8]
    private let bodyPrefix: [UInt8]
    private let poolField: [UInt8]

    /// Opens the store's address key.
    ///
    /// - Throws: ``CryptoError`` of code `keyring` when the key that sealed it is not in the keyring, or when it is
    ///   damaged.
    public init(keyring: Keyring, pool: PoolName, wrappedAddressKey: [UInt8]) throws(CryptoError) {
        sealingKeys = try PoolKeys(keyring.sealingKey, pool: pool)
        var openingKeys = [sealingKeys]
        for master in keyring.keys.dropFirst() { openingKeys.append(try PoolKeys(master, pool: pool)) }
        self.openingKeys = openingKeys
        addressKey = try WrappedAddressKey.open(
            wrappedAddressKey,
            keyring: keyring,
            keys: openingKeys,
            pool: pool
        )
        poolField = RecordFormat.lengthAndName(pool)
        metadataPrefix = RecordFormat.metadataLabel
        bodyPrefix = RecordFormat.bodyLabel + poolField
    }

    /// Makes the address key of a new store, sealed under the keyring's first key.
    public static func makeWrappedAddressKey(keyring: Keyring, pool: PoolName) throws(CryptoError) -> [UInt8] {
        try WrappedAddressKey.make(keyring: keyring, pool: pool)
    }
}

// MARK: - Addresses and keys

extension SessionSealer {
    /// Where a session is kept.
    public func address(of reference: SessionReference) throws(CryptoError) -> SessionAddress {
        let bytes = try Sealing.array(count: SessionAddress.length) { buffer throws(CryptoError) in
            try MACContext.authenticate(reference.encoded, key: addressKey, into: buffer)
        }
        guard let address = SessionAddress(bytes) else {
            // Not reached: the array has the length of an address.
            throw CryptoError(.openSSL, "HMAC answered \(bytes.count) bytes")
        }
        return address
    }

    /// The key that seals the metadata at an address from now on. ``openMetadata(_:at:with:)`` takes it too, also for
    /// values that an older master key sealed.
    public func metadataKey(at address: SessionAddress) throws(CryptoError) -> MetadataKey {
        try sealingKeys.metadataKey(at: address)
    }

    /// The key of a session's body.
    public func bodyKey(for reference: SessionReference, dataKey: DataKey) throws(CryptoError) -> BodyKey {
        BodyKey(bytes: try MACContext.deriveKey(from: dataKey.bytes, reference.encoded))
    }
}

// MARK: - Metadata

extension SessionSealer {
    private static let clearMetadataLength = RecordHeader.length + KeyID.length

    /// Seals metadata.
    public func seal(
        _ metadata: SessionMetadata,
        at address: SessionAddress,
        with key: MetadataKey
    ) throws(CryptoError) -> [UInt8] {
        let clear = RecordHeader(expires: metadata.deadline).bytes + key.masterKeyID.bytes
        return try Sealing.withSecretBuffer(
            count: RecordFormat.metadataPlaintextLength
        ) { plaintext throws(CryptoError) in
            metadata.encode(into: plaintext)
            return try Sealing.seal(
                UnsafeRawBufferPointer(plaintext),
                behind: clear,
                additionalData: metadataAdditionalData(clear: clear, address: address),
                key: key.bytes
            )
        }
    }

    /// Opens metadata. `key` is the one that seals now; when another key of the keyring sealed the value, the key that
    /// opens it is derived here.
    public func openMetadata(
        _ value: [UInt8],
        at address: SessionAddress,
        with key: MetadataKey
    ) throws(CryptoError) -> Opened<SessionMetadata> {
        if let format = value.first, format != RecordHeader.format { return .rejected(.unknownFormat) }
        guard value.count >= RecordFormat.metadataLength,
            let header = RecordHeader(of: value),
            let keyID = KeyID(value[RecordHeader.length..<Self.clearMetadataLength])
        else { return .rejected(.truncated) }
        guard value.count == RecordFormat.metadataLength else { return .rejected(.notAuthentic) }
        guard let openingKey = try self.openingKey(keyID, at: address, current: key) else {
            return .rejected(.unknownKey(keyID))
        }
        let clear = Array(value.prefix(Self.clearMetadataLength))
        return try Sealing.withSecretBuffer(
            count: RecordFormat.metadataPlaintextLength
        ) { plaintext throws(CryptoError) in
            let isAuthentic = try Sealing.open(
                value,
                behind: clear.count,
                additionalData: metadataAdditionalData(clear: clear, address: address),
                key: openingKey.bytes,
                into: plaintext
            )
            guard isAuthentic else { return .rejected(.notAuthentic) }
            let decoded = try SessionMetadata(
                decoding: UnsafeRawBufferPointer(plaintext),
                deadline: header.expires
            )
            return decoded.map { .opened($0) } ?? .rejected(.unknownFormat)
        }
    }

    private func openingKey(
        _ id: KeyID,
        at address: SessionAddress,
        current: MetadataKey
    ) throws(CryptoError) -> MetadataKey? {
        if id == current.masterKeyID { return current }
        guard let keys = openingKeys.first(where: { $0.masterKeyID == id }) else { return nil }
        return try keys.metadataKey(at: address)
    }

    private func metadataAdditionalData(clear: [UInt8], address: SessionAddress) -> [UInt8] {
        metadataPrefix + clear + poolField + address.bytes
    }
}

// MARK: - Bodies

extension SessionSealer {
    /// Seals session data. `expires` goes into the header, and into the metadata as `bodyExpires`.
    public func sealBody(
        _ data: [UInt8],
        at address: SessionAddress,
        version: UInt64,
        expires: UnixTime,
        with key: BodyKey
    ) throws(CryptoError) -> [UInt8] {
        let clear = RecordHeader(expires: expires).bytes
        let additionalData = bodyAdditionalData(address: address, version: version)
        return try Sealing.withBytes(of: data) { plaintext throws(CryptoError) in
            try Sealing.seal(plaintext, behind: clear, additionalData: additionalData, key: key.bytes)
        }
    }

    /// Opens session data; `version` and `expires` are what the metadata says.
    public func openBody(
        _ value: [UInt8],
        at address: SessionAddress,
        version: UInt64,
        expires: UnixTime,
        with key: BodyKey
    ) throws(CryptoError) -> Opened<[UInt8]> {
        if let format = value.first, format != RecordHeader.format { return .rejected(.unknownFormat) }
        guard value.count >= RecordFormat.bodyOverhead, let header = RecordHeader(of: value) else {
            return .rejected(.truncated)
        }
        guard header.expires == expires else { return .rejected(.notAuthentic) }
        let additionalData = bodyAdditionalData(address: address, version: version)
        var isAuthentic = false
        let data = try Sealing.array(count: value.count - RecordFormat.bodyOverhead) { buffer throws(CryptoError) in
            isAuthentic = try Sealing.open(
                value,
                behind: RecordHeader.length,
                additionalData: additionalData,
                key: key.bytes,
                into: buffer
            )
        }
        return isAuthentic ? .opened(data) : .rejected(.notAuthentic)
    }

    private func bodyAdditionalData(address: SessionAddress, version: UInt64) -> [UInt8] {
        var bytes = bodyPrefix
        bytes.reserveCapacity(bodyPrefix.count + SessionAddress.length + 8)
        bytes.append(contentsOf: address.bytes)
        withUnsafeBytes(of: version.bigEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }
}

extension SessionSealer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<session sealer>`.
    public var description: String { "<session sealer>" }
    /// Always `<session sealer>`.
    public var debugDescription: String { description }
    /// No children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
