// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// Key material in OpenSSL's secure heap: locked in memory, left out of core dumps, wiped when released
/// (OpenSSL manual, OPENSSL_secure_malloc(3)). It does not print itself.
///
/// Immutable once made, hence Sendable: the initialiser's closure is the only writer.
public final class SecureBytes: @unchecked Sendable {
    // unsigned char *, owned.
    private let pointer: UnsafeMutableRawPointer

    /// The number of bytes.
    public let count: Int

    private init(zeros count: Int) throws(CryptoError) {
        // A count is a constant of the record format or the checked size of a key file, never a client's number.
        precondition(count > 0, "a secret has at least one byte")
        pointer = try count == SecureSlots.keys.size ? SecureSlots.keys.take() : SecureHeap.allocate(count)
        self.count = count
    }

    /// Allocates `count` bytes, all zero, and lets `fill` write them.
    ///
    /// - Throws: ``CryptoError`` when the secure heap is full or was not prepared, and what `fill` throws.
    public convenience init(
        count: Int,
        fill: (UnsafeMutableRawBufferPointer) throws(CryptoError) -> Void
    ) throws(CryptoError) {
        try self.init(zeros: count)
        try fill(UnsafeMutableRawBufferPointer(start: pointer, count: count))
    }

    /// Allocates `count` bytes, all zero, and lets `read` write them from a source that has faults of its own.
    ///
    /// - Throws: ``CryptoError`` when the secure heap is full or was not prepared, and what `read` throws.
    public convenience init(count: Int, reading read: (UnsafeMutableRawBufferPointer) throws -> Void) throws {
        try self.init(zeros: count)
        try read(UnsafeMutableRawBufferPointer(start: pointer, count: count))
    }

    /// Copies bytes into the secure heap. The caller wipes its own copy.
    ///
    /// - Throws: ``CryptoError`` when the secure heap is full or was not prepared.
    public convenience init(copying bytes: some Collection<UInt8>) throws(CryptoError) {
        try self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// Random bytes from OpenSSL's private generator (RAND_priv_bytes(3)).
    ///
    /// - Throws: ``CryptoError`` when there is no randomness or the secure heap is full.
    public static func random(count: Int) throws(CryptoError) -> SecureBytes {
        try SecureBytes(count: count) { buffer throws(CryptoError) in
            let start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            guard RAND_priv_bytes(start, Int32(count)) == 1 else {
                throw CryptoError.openSSL("RAND_priv_bytes")
            }
        }
    }

    /// Gives the bytes to `body` for as long as it runs; they must not be copied out of the secure heap for longer than
    /// needed.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: pointer, count: count))
    }

    /// Whether the bytes are where they belong; for tests.
    var isInSecureHeap: Bool { CRYPTO_secure_allocated(pointer) == 1 }

    deinit {
        if count == SecureSlots.keys.size {
            SecureSlots.keys.giveBack(pointer)
        } else {
            CRYPTO_secure_clear_free(pointer, count, #fileID, #line)
        }
    }
}

extension SecureBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<secret>`.
    public var description: String { "<secret>" }
    /// Always `<secret>`.
    public var debugDescription: String { description }
    /// No children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
