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
    private let addressKey: HMACKey
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
        addressKey = try HMACKey(
            WrappedAddressKey.open(wrappedAddressKey, keyring: keyring, keys: openingKeys, pool: pool)
        )
        poolField = RecordFormat.lengthAndName(pool)
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
        try Sealing.withBuffer(count: SessionAddress.length) { buffer throws(CryptoError) in
            try addressKey.authenticate(reference.encoded, into: buffer)
            return SessionAddress(loading: UnsafeRawBufferPointer(buffer))
        }
    }

    /// The first half of a keyed digest of a header `User-Agent`: no session's reference begins with a zero byte.
    public func digest(ofAgent agent: [UInt8]) throws(CryptoError) -> (UInt64, UInt64) {
        try Sealing.withBuffer(count: SessionAddress.length) { buffer throws(CryptoError) in
            try addressKey.authenticate(RecordFormat.agentLabel + agent, into: buffer)
            return (
                UInt64(bigEndian: buffer.load(as: UInt64.self)),
                UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    /// The group of a user's sessions: a keyed hash of the name.
    public func group(of user: UserName) throws(CryptoError) -> SessionAddress {
        try Sealing.withBuffer(count: SessionAddress.length) { buffer throws(CryptoError) in
            try addressKey.authenticate(RecordFormat.userLabel + user.bytes, into: buffer)
            return SessionAddress(loading: UnsafeRawBufferPointer(buffer))
        }
    }

    /// The key that seals the metadata at an address from now on. ``openMetadata(_:at:with:)`` takes it too, also for
    /// values that an older master key sealed.
    public func metadataKey(at address: SessionAddress) throws(CryptoError) -> MetadataKey {
        try sealingKeys.metadataKey(at: address)
    }

    /// The key of a session's body.
    public func bodyKey(for reference: SessionReference, dataKey: DataKey) throws(CryptoError) -> BodyKey {
        BodyKey(bytes: try HMAC.deriveKey(from: dataKey.bytes, reference.encoded))
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
        try Sealing.array(count: RecordFormat.metadataOverhead + metadata.encodedLength) { output throws(CryptoError) in
            var clear = ByteWriter(output)
            clear.put(RecordHeader(expires: metadata.deadline))
            clear.put(key.masterKeyID)
            let clearBytes = clear.written
            try Sealing.withSecretBuffer(count: metadata.encodedLength) { plaintext throws(CryptoError) in
                metadata.encode(into: plaintext)
                try withMetadataAdditionalData(clear: clearBytes, address: address) {
                    additionalData throws(CryptoError) in
                    try Sealing.seal(
                        UnsafeRawBufferPointer(plaintext),
                        additionalData: additionalData,
                        key: key.bytes,
                        into: UnsafeMutableRawBufferPointer(rebasing: output[clearBytes.count...])
                    )
                }
            }
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
        let longest = RecordFormat.metadataLength + UserName.maximumLength
        guard value.count <= longest else { return .rejected(.notAuthentic) }
        guard let openingKey = try self.openingKey(keyID, at: address, current: key) else {
            return .rejected(.unknownKey(keyID))
        }
        return try Sealing.withSecretBuffer(
            count: value.count - RecordFormat.metadataOverhead
        ) { plaintext throws(CryptoError) in
            let isAuthentic = try Sealing.withBytes(of: value) { value throws(CryptoError) in
                let clear = UnsafeRawBufferPointer(rebasing: value[..<Self.clearMetadataLength])
                return try withMetadataAdditionalData(clear: clear, address: address) {
                    additionalData throws(CryptoError) in
                    try Sealing.open(
                        UnsafeRawBufferPointer(rebasing: value[clear.count...]),
                        additionalData: additionalData,
                        key: openingKey.bytes,
                        into: plaintext
                    )
                }
            }
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

    private func withMetadataAdditionalData<Value>(
        clear: UnsafeRawBufferPointer,
        address: SessionAddress,
        _ body: (UnsafeRawBufferPointer) throws(CryptoError) -> Value
    ) throws(CryptoError) -> Value {
        let label = RecordFormat.metadataLabel
        return try Sealing.withBuffer(
            count: label.count + clear.count + poolField.count + SessionAddress.length
        ) { buffer throws(CryptoError) in
            var fields = ByteWriter(buffer)
            fields.put(label)
            fields.put(clear)
            fields.put(poolField)
            fields.put(address)
            return try body(fields.written)
        }
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
        try Sealing.array(count: data.count + RecordFormat.bodyOverhead) { output throws(CryptoError) in
            var header = ByteWriter(output)
            header.put(RecordHeader(expires: expires))
            try withBodyAdditionalData(address: address, version: version) { additionalData throws(CryptoError) in
                try Sealing.withBytes(of: data) { plaintext throws(CryptoError) in
                    try Sealing.seal(
                        plaintext,
                        additionalData: additionalData,
                        key: key.bytes,
                        into: UnsafeMutableRawBufferPointer(rebasing: output[RecordHeader.length...])
                    )
                }
            }
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
        var isAuthentic = false
        let data = try Sealing.array(count: value.count - RecordFormat.bodyOverhead) { buffer throws(CryptoError) in
            isAuthentic = try withBodyAdditionalData(
                address: address,
                version: version
            ) { additionalData throws(CryptoError) in
                try Sealing.withBytes(of: value) { value throws(CryptoError) in
                    try Sealing.open(
                        UnsafeRawBufferPointer(rebasing: value[RecordHeader.length...]),
                        additionalData: additionalData,
                        key: key.bytes,
                        into: buffer
                    )
                }
            }
        }
        return isAuthentic ? .opened(data) : .rejected(.notAuthentic)
    }

    private func withBodyAdditionalData<Value>(
        address: SessionAddress,
        version: UInt64,
        _ body: (UnsafeRawBufferPointer) throws(CryptoError) -> Value
    ) throws(CryptoError) -> Value {
        try Sealing.withBuffer(count: bodyPrefix.count + SessionAddress.length + 8) { buffer throws(CryptoError) in
            var fields = ByteWriter(buffer)
            fields.put(bodyPrefix)
            fields.put(address)
            fields.put(version)
            return try body(fields.written)
        }
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
