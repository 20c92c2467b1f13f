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
        size: UInt64
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
    }
}

extension SessionMetadata {
    private static let numbersOffset = 1 + RecordFormat.keyLength

    /// Writes what is sealed: all but the deadline, which is in the header. The caller wipes the buffer.
    func encode(into buffer: UnsafeMutableRawBufferPointer) {
        precondition(buffer.count == RecordFormat.metadataPlaintextLength, "the format has one length")
        buffer[0] = RecordHeader.format
        dataKey.bytes.withUnsafeBytes { key in
            UnsafeMutableRawBufferPointer(rebasing: buffer[1..<Self.numbersOffset]).copyMemory(from: key)
        }
        var offset = Self.numbersOffset
        func put(_ number: UInt64) {
            buffer.storeBytes(of: number.bigEndian, toByteOffset: offset, as: UInt64.self)
            offset += 8
        }
        put(version)
        put(writeToken)
        put(created.seconds)
        put(lastSeen.seconds)
        put(lifetime)
        put(expirySlot.seconds)
        put(bodyExpires.seconds)
        put(size)
    }

    /// Reads what was sealed, or answers `nil` when it is of another format. The caller wipes the buffer.
    ///
    /// - Throws: ``CryptoError`` when the secure heap is full.
    init?(decoding buffer: UnsafeRawBufferPointer, deadline: UnixTime) throws(CryptoError) {
        precondition(buffer.count == RecordFormat.metadataPlaintextLength, "the format has one length")
        guard buffer[0] == RecordHeader.format else { return nil }
        dataKey = DataKey(bytes: try SecureBytes(copying: buffer[1..<Self.numbersOffset]))
        var offset = Self.numbersOffset
        func take() -> UInt64 {
            defer { offset += 8 }
            return UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        version = take()
        writeToken = take()
        created = UnixTime(seconds: take())
        lastSeen = UnixTime(seconds: take())
        lifetime = take()
        expirySlot = UnixTime(seconds: take())
        bodyExpires = UnixTime(seconds: take())
        size = take()
        self.deadline = deadline
    }
}
