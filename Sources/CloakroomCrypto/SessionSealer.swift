// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
internal import Synchronization

/// Computes addresses and keys, and seals and opens what is stored, for one pool and one store
/// (`docs/record-format.md`).
///
/// A value that does not open is an outcome, ``Opened``; what is thrown are faults of OpenSSL and a full secure heap.
/// All functions may be called from any thread.
public final class SessionSealer: Sendable {
    /// Whose sessions they are.
    public let pool: PoolName

    private let keys: Locked<DerivedKeyring>
    // The id of the first key, for whoever only has to know whether a key is still the one that seals.
    private let sealingID: Atomic<UInt64>
    private let addressKey: HMACKey
    private let bodyPrefix: [UInt8]
    private let poolField: [UInt8]

    /// Opens the store's address key.
    ///
    /// - Throws: ``CryptoError`` of code `keyring` when the key that sealed it is not in the keyring, or when it is
    ///   damaged.
    public init(keyring: Keyring, pool: PoolName, wrappedAddressKey: [UInt8]) throws(CryptoError) {
        let derived = try DerivedKeyring(keyring, pool: pool)
        addressKey = try HMACKey(WrappedAddressKey.open(wrappedAddressKey, keys: derived, pool: pool))
        keys = Locked(derived)
        sealingID = Atomic(derived.sealing.masterKeyID.word)
        self.pool = pool
        poolField = RecordFormat.lengthAndName(pool)
        bodyPrefix = RecordFormat.bodyLabel + poolField
    }

    /// Makes the address key of a new store, sealed under the keyring's first key.
    public static func makeWrappedAddressKey(keyring: Keyring, pool: PoolName) throws(CryptoError) -> [UInt8] {
        try WrappedAddressKey.make(keyring: keyring, pool: pool)
    }

    /// The keys in use now. Whoever needs several of them for one value asks once.
    var derived: DerivedKeyring { keys.withLock { $0 } }

    /// Whether that key is the one that seals now.
    public func isSealing(_ id: KeyID) -> Bool { sealingID.load(ordering: .relaxed) == id.word }

    /// Uses other keys from now on.
    func exchange(for next: DerivedKeyring) {
        // What is dropped is wiped outside the lock.
        let previous = keys.withLock { keys in
            let previous = keys
            keys = next
            sealingID.store(next.sealing.masterKeyID.word, ordering: .relaxed)
            return previous
        }
        withExtendedLifetime(previous) {}
    }
}

// MARK: - Addresses and keys

extension SessionSealer {
    /// Where a session is kept.
    public func address(of reference: SessionReference) throws(CryptoError) -> SessionAddress {
        try keyedHash(reference.encoded)
    }

    /// The MAC of a message under the address key.
    func keyedHash(_ message: [UInt8]) throws(CryptoError) -> SessionAddress {
        try Sealing.withBuffer(count: SessionAddress.length) { buffer throws(CryptoError) in
            try addressKey.authenticate(message, into: buffer)
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
        try keyedHash(RecordFormat.userLabel + user.bytes)
    }

    /// The key that seals the metadata at an address from now on. ``openMetadata(_:at:with:)`` takes it too, also for
    /// values that an older master key sealed.
    public func metadataKey(at address: SessionAddress) throws(CryptoError) -> MetadataKey {
        try derived.sealing.metadataKey(at: address)
    }

    /// The key of a session's body.
    public func bodyKey(for reference: SessionReference, dataKey: DataKey) throws(CryptoError) -> BodyKey {
        BodyKey(bytes: try HMAC.deriveKey(from: dataKey.bytes, reference.encoded))
    }
}

// MARK: - Metadata

extension SessionSealer {
    static let clearMetadataLength = RecordHeader.length + KeyID.length

    /// Seals metadata.
    public func seal(
        _ metadata: SessionMetadata,
        at address: SessionAddress,
        with key: MetadataKey
    ) throws(CryptoError) -> [UInt8] {
        try seal(
            RecordFormat.metadataLabel,
            expires: metadata.deadline,
            count: metadata.encodedLength,
            at: address,
            with: key
        ) { metadata.encode(into: $0) }
    }

    /// Opens metadata. `key` is the one that seals now; when another key of the keyring sealed the value, the key that
    /// opens it is derived here.
    public func openMetadata(
        _ value: [UInt8],
        at address: SessionAddress,
        with key: MetadataKey
    ) throws(CryptoError) -> Opened<SessionMetadata> {
        let shortest = RecordFormat.metadataPlaintextLength
        return try open(
            RecordFormat.metadataLabel,
            value,
            count: shortest...(shortest + UserName.maximumLength),
            at: address,
            with: key
        ) { plaintext, deadline throws(CryptoError) in try SessionMetadata(decoding: plaintext, deadline: deadline) }
    }

    /// Seals what is stored in the place of metadata, which `encode` writes. The label says what it is.
    func seal(
        _ label: [UInt8],
        expires: UnixTime,
        count: Int,
        at address: SessionAddress,
        with key: MetadataKey,
        encode: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(CryptoError) -> [UInt8] {
        try Sealing.array(count: RecordFormat.metadataOverhead + count) { output throws(CryptoError) in
            var clear = ByteWriter(output)
            clear.put(RecordHeader(expires: expires))
            clear.put(key.masterKeyID)
            let clearBytes = clear.written
            try Sealing.withSecretBuffer(count: count) { plaintext throws(CryptoError) in
                encode(plaintext)
                try withMetadataAdditionalData(label, clear: clearBytes, address: address) {
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

    /// Opens what ``seal(_:expires:count:at:with:encode:)`` sealed with the same label; `decode` reads it.
    func open<Value>(
        _ label: [UInt8],
        _ value: [UInt8],
        count: ClosedRange<Int>,
        at address: SessionAddress,
        with key: MetadataKey,
        decode: (UnsafeRawBufferPointer, UnixTime) throws(CryptoError) -> Value?
    ) throws(CryptoError) -> Opened<Value> {
        if let format = value.first, format != RecordHeader.format { return .rejected(.unknownFormat) }
        guard value.count >= RecordFormat.metadataOverhead + count.lowerBound,
            let header = RecordHeader(of: value),
            let keyID = KeyID(value[RecordHeader.length..<Self.clearMetadataLength])
        else { return .rejected(.truncated) }
        guard value.count <= RecordFormat.metadataOverhead + count.upperBound else { return .rejected(.notAuthentic) }
        guard let openingKey = try self.openingKey(keyID, at: address, current: key) else {
            return .rejected(.unknownKey(keyID))
        }
        return try Sealing.withSecretBuffer(
            count: value.count - RecordFormat.metadataOverhead
        ) { plaintext throws(CryptoError) in
            guard try self.open(label, value, at: address, with: openingKey, into: plaintext) else {
                return .rejected(.notAuthentic)
            }
            let decoded = try decode(UnsafeRawBufferPointer(plaintext), header.expires)
            return decoded.map { .opened($0) } ?? .rejected(.unknownFormat)
        }
    }

    /// Opens a value of at least the length of what is in the clear into `plaintext`, which has room for just that; answers whether it
    /// is authentic.
    func open(
        _ label: [UInt8],
        _ value: [UInt8],
        at address: SessionAddress,
        with key: MetadataKey,
        into plaintext: UnsafeMutableRawBufferPointer
    ) throws(CryptoError) -> Bool {
        try Sealing.withBytes(of: value) { value throws(CryptoError) in
            let clear = UnsafeRawBufferPointer(rebasing: value[..<Self.clearMetadataLength])
            return try withMetadataAdditionalData(label, clear: clear, address: address) {
                additionalData throws(CryptoError) in
                try Sealing.open(
                    UnsafeRawBufferPointer(rebasing: value[clear.count...]),
                    additionalData: additionalData,
                    key: key.bytes,
                    into: plaintext
                )
            }
        }
    }

    private func openingKey(
        _ id: KeyID,
        at address: SessionAddress,
        current: MetadataKey
    ) throws(CryptoError) -> MetadataKey? {
        if id == current.masterKeyID { return current }
        guard let keys = derived.key(for: id) else { return nil }
        return try keys.metadataKey(at: address)
    }

    func withMetadataAdditionalData<Value>(
        _ label: [UInt8],
        clear: UnsafeRawBufferPointer,
        address: SessionAddress,
        _ body: (UnsafeRawBufferPointer) throws(CryptoError) -> Value
    ) throws(CryptoError) -> Value {
        try Sealing.withBuffer(
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
