// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// What is kept about the tokens by which one browser's user is known again, of which only the last one counts
/// (`docs/record-format.md`).
public struct TokenFamily: Sendable {
    /// A token that another has replaced.
    public struct Replaced: Sendable {
        /// The digest of its secret.
        public var digest: SecretDigest
        /// When it was replaced.
        public var time: UnixTime

        /// Joins the fields.
        public init(digest: SecretDigest, time: UnixTime) {
            self.digest = digest
            self.time = time
        }
    }

    /// The digest of the present token's secret.
    public var present: SecretDigest
    /// The token before; `nil` for the first one.
    public var previous: Replaced?
    /// When the first token was issued.
    public var created: UnixTime
    /// When the last one ends; what the header of the sealed record says.
    public var deadline: UnixTime
    /// The browser that they were issued to.
    public var binding: SessionBinding
    /// Whom they stand for.
    public var user: UserName

    /// Puts the fields together.
    public init(
        present: SecretDigest,
        previous: Replaced? = nil,
        created: UnixTime,
        deadline: UnixTime,
        binding: SessionBinding,
        user: UserName
    ) {
        self.present = present
        self.previous = previous
        self.created = created
        self.deadline = deadline
        self.binding = binding
        self.user = user
    }
}

extension TokenFamily {
    /// The format, two digests, two times, the binding, and the length of the user's name.
    static let fixedLength = 1 + 2 * SecretDigest.length + 2 * 8 + SessionBinding.length + 1

    /// How many bytes ``encode(into:)`` writes.
    var encodedLength: Int { Self.fixedLength + user.bytes.count }

    /// Writes what is sealed: all but the deadline, which is in the header.
    func encode(into buffer: UnsafeMutableRawBufferPointer) {
        var fields = ByteWriter(buffer)
        fields.put([RecordHeader.format])
        fields.put(present.bytes)
        fields.put(previous?.digest.bytes ?? [UInt8](repeating: 0, count: SecretDigest.length))
        fields.put(previous?.time.seconds ?? 0)
        fields.put(created.seconds)
        fields.put([binding.version, binding.prefix])
        for word in [binding.network.0, binding.network.1, binding.family, binding.agent.0, binding.agent.1] {
            fields.put(word)
        }
        fields.put([UInt8(user.bytes.count)] + user.bytes)
    }

    /// Reads what was sealed, or answers `nil` when it is of another format.
    init?(decoding buffer: UnsafeRawBufferPointer, deadline: UnixTime) {
        precondition(buffer.count >= Self.fixedLength, "all fields but the last have one length")
        guard buffer[0] == RecordHeader.format, Int(buffer[Self.fixedLength - 1]) == buffer.count - Self.fixedLength,
            let user = UserName(buffer[Self.fixedLength...])
        else { return nil }
        self.user = user
        self.deadline = deadline
        var offset = 1
        func take<Number: FixedWidthInteger>() -> Number {
            defer { offset += MemoryLayout<Number>.size }
            return Number(bigEndian: buffer.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
        func takeDigest() -> SecretDigest {
            defer { offset += SecretDigest.length }
            return SecretDigest(Array(buffer[offset..<(offset + SecretDigest.length)]))
        }
        present = takeDigest()
        let digest = takeDigest()
        let replaced = UnixTime(seconds: take())
        previous = replaced.seconds == 0 ? nil : Replaced(digest: digest, time: replaced)
        created = UnixTime(seconds: take())
        binding = SessionBinding(
            version: take(),
            prefix: take(),
            network: (take(), take()),
            family: take(),
            agent: (take(), take())
        )
    }
}
