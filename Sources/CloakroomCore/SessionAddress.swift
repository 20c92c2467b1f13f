// SPDX-License-Identifier: Apache-2.0

/// Where a session is kept: a keyed hash of its name and id (HMAC-SHA-256, RFC 2104), 32 bytes. It stands in for the id
/// everywhere below the rules, and does not lead back to it.
public struct SessionAddress: Hashable, Sendable {
    /// The number of bytes in an address.
    public static let length = 32

    // Four words rather than an array: addresses are dictionary keys on the hot path, and words need no allocation.
    @usableFromInline let words: (UInt64, UInt64, UInt64, UInt64)

    /// 32 zero bytes, which stand for no session.
    public static let none = SessionAddress()

    private init() { words = (0, 0, 0, 0) }

    /// Takes exactly ``length`` bytes, or answers `nil`.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.length else { return nil }
        var iterator = bytes.makeIterator()
        func word() -> UInt64 {
            var value: UInt64 = 0
            for _ in 0..<8 { value = value << 8 | UInt64(iterator.next() ?? 0) }
            return value
        }
        words = (word(), word(), word(), word())
    }

    /// Takes the address from memory that has ``length`` bytes.
    public init(loading bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == Self.length, "an address has one length")
        func word(_ index: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        words = (word(0), word(1), word(2), word(3))
    }

    /// The address as 32 bytes.
    public var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }

    /// Calls `body` with the 32 bytes, on the stack: for engines that take a key by pointer, without an allocation.
    @inlinable
    public func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let ordered = (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
        return try Swift.withUnsafeBytes(of: ordered, body)
    }

    /// One of the numbers below `count`, always the same one.
    public func spread(over count: Int) -> Int { Int(words.1 % UInt64(count)) }

    /// The first six bytes in hexadecimal: how logs and tools name a session.
    public var tag: String { sessionTag.description }

    /// The first six bytes.
    public var sessionTag: SessionTag { SessionTag(bits: words.0 >> 16) }

    /// Equal when all 32 bytes are.
    public static func == (left: SessionAddress, right: SessionAddress) -> Bool { left.words == right.words }

    /// The address is a MAC already, so its first word is hash enough.
    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

extension SessionAddress: Comparable {
    /// In the order of the bytes, which is that of every engine.
    public static func < (left: SessionAddress, right: SessionAddress) -> Bool { left.words < right.words }

    /// The last address whose bytes are below those of `tag`, from which a walk begins that is to meet all sessions of the tag; `nil`:
    /// there is none below.
    public static func last(before tag: SessionTag) -> SessionAddress? {
        guard tag.bits > 0 else { return nil }
        let bits = tag.bits - 1
        let bytes = stride(from: 40, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bits >> UInt64($0)) }
        return SessionAddress(bytes + [UInt8](repeating: .max, count: length - SessionTag.length))
    }

    /// The next address above this one that is the last with its first two bytes; `nil`: there is none.
    public var nextLastOfPrefix: SessionAddress? {
        func last(_ prefix: UInt16) -> SessionAddress? {
            let bytes = [UInt8(prefix >> 8), UInt8(truncatingIfNeeded: prefix)]
            return SessionAddress(bytes + [UInt8](repeating: .max, count: Self.length - 2))
        }
        let prefix = UInt16(truncatingIfNeeded: words.0 >> 48)
        if let own = last(prefix), self < own { return own }
        return prefix < .max ? last(prefix + 1) : nil
    }
}

extension SessionAddress: CustomStringConvertible {
    /// The ``tag``.
    public var description: String { tag }
}
