// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// What is kept about a session beside its contents (`docs/record-format.md`).
public struct SessionMetadata: Sendable {
    /// The session's data key.
    public var dataKey: DataKey
    /// The version of the session; each write adds one.
    public var version: UInt64
    /// The token of the last WRITE.
    public var writeToken: UInt64
    /// When the session was made.
    public var created: UnixTime
    /// When it was last written or touched.
    public var lastSeen: UnixTime
    /// How long it lives after that, in seconds.
    public var lifetime: UInt64
    /// When it ends; what the header of the sealed metadata says.
    public var deadline: UnixTime
    /// The time under which its expiry entry is filed.
    public var expirySlot: UnixTime
    /// What the header of its body must say.
    public var bodyExpires: UnixTime
    /// Bytes of session data.
    public var size: UInt64
    /// When its id was replaced by another: until when it can still be used. `nil` while it is the present one.
    public var retired: UnixTime?
    /// A session that took its place, or one that took the place of the same; `nil` for none.
    public var successor: SessionAddress?
    /// The family of tokens that began it or was issued to it, and ends with it; `nil` for none.
    public var tokenFamily: SessionAddress?
    /// The browser that made it.
    public var binding: SessionBinding
    /// The user that it belongs to; `nil` for nobody that is known.
    public var user: SessionUser?

    /// Puts the fields together.
    public init(
        dataKey: DataKey,
        version: UInt64,
        writeToken: UInt64,
        created: UnixTime,
        lastSeen: UnixTime,
        lifetime: UInt64,
        deadline: UnixTime,
        expirySlot: UnixTime,
        bodyExpires: UnixTime,
        size: UInt64,
        retired: UnixTime? = nil,
        successor: SessionAddress? = nil,
        tokenFamily: SessionAddress? = nil,
        binding: SessionBinding = SessionBinding(),
        user: SessionUser? = nil
    ) {
        self.dataKey = dataKey
        self.version = version
        self.writeToken = writeToken
        self.created = created
        self.lastSeen = lastSeen
        self.lifetime = lifetime
        self.deadline = deadline
        self.expirySlot = expirySlot
        self.bodyExpires = bodyExpires
        self.size = size
        self.retired = retired
        self.successor = successor
        self.tokenFamily = tokenFamily
        self.binding = binding
        self.user = user
    }
}

extension SessionMetadata {
    private static let numbersOffset = 1 + RecordFormat.keyLength

    /// How many bytes ``encode(into:)`` writes.
    var encodedLength: Int { RecordFormat.metadataPlaintextLength + (user?.name.bytes.count ?? 0) }

    /// Writes what is sealed: all but the deadline, which is in the header. The caller wipes the buffer.
    func encode(into buffer: UnsafeMutableRawBufferPointer) {
        precondition(buffer.count == encodedLength, "the format and the user's name give the length")
        buffer[0] = RecordHeader.format
        dataKey.bytes.withUnsafeBytes { key in
            UnsafeMutableRawBufferPointer(rebasing: buffer[1..<Self.numbersOffset]).copyMemory(from: key)
        }
        var offset = Self.numbersOffset
        func put<Number: FixedWidthInteger>(_ number: Number) {
            buffer.storeBytes(of: number.bigEndian, toByteOffset: offset, as: Number.self)
            offset += MemoryLayout<Number>.size
        }
        put(version)
        put(writeToken)
        put(created.seconds)
        put(lastSeen.seconds)
        put(lifetime)
        put(expirySlot.seconds)
        put(bodyExpires.seconds)
        put(size)
        put(retired?.seconds ?? 0)
        func put(_ bytes: UnsafeRawBufferPointer) {
            UnsafeMutableRawBufferPointer(rebasing: buffer[offset..<(offset + bytes.count)]).copyMemory(from: bytes)
            offset += bytes.count
        }
        (successor ?? .none).withUnsafeBytes { put($0) }
        (tokenFamily ?? .none).withUnsafeBytes { put($0) }
        put(binding.version)
        put(binding.prefix)
        put(binding.network.0)
        put(binding.network.1)
        put(binding.family)
        put(binding.agent.0)
        put(binding.agent.1)
        put(user?.identified.seconds ?? 0)
        (user?.group ?? .none).withUnsafeBytes { put($0) }
        let name = user?.name.bytes ?? []
        put(UInt8(name.count))
        name.withUnsafeBytes { put($0) }
    }

    /// Reads what was sealed, or answers `nil` when it is of another format. The caller wipes the buffer.
    ///
    /// - Throws: ``CryptoError`` when the secure heap is full.
    init?(decoding buffer: UnsafeRawBufferPointer, deadline: UnixTime) throws(CryptoError) {
        precondition(buffer.count >= RecordFormat.metadataPlaintextLength, "all fields but the last have one length")
        let nameOffset = RecordFormat.metadataPlaintextLength
        guard buffer[0] == RecordHeader.format, Int(buffer[nameOffset - 1]) == buffer.count - nameOffset else {
            return nil
        }
        dataKey = DataKey(bytes: try SecureBytes(copying: buffer[1..<Self.numbersOffset]))
        var offset = Self.numbersOffset
        func take<Number: FixedWidthInteger>() -> Number {
            defer { offset += MemoryLayout<Number>.size }
            return Number(bigEndian: buffer.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
        version = take()
        writeToken = take()
        created = UnixTime(seconds: take())
        lastSeen = UnixTime(seconds: take())
        lifetime = take()
        expirySlot = UnixTime(seconds: take())
        bodyExpires = UnixTime(seconds: take())
        size = take()
        let retired: UInt64 = take()
        self.retired = retired == 0 ? nil : UnixTime(seconds: retired)
        func takeAddress() -> SessionAddress {
            defer { offset += SessionAddress.length }
            let end = offset + SessionAddress.length
            return SessionAddress(loading: UnsafeRawBufferPointer(rebasing: buffer[offset..<end]))
        }
        let successor = takeAddress()
        self.successor = successor == .none ? nil : successor
        let tokenFamily = takeAddress()
        self.tokenFamily = tokenFamily == .none ? nil : tokenFamily
        binding = SessionBinding(
            version: take(),
            prefix: take(),
            network: (take(), take()),
            family: take(),
            agent: (take(), take())
        )
        let identified = UnixTime(seconds: take())
        let group = takeAddress()
        let name = buffer.count == nameOffset ? nil : UserName(buffer[nameOffset...])
        user = name.map { SessionUser(name: $0, group: group, identified: identified) }
        self.deadline = deadline
    }
}
