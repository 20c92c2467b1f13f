// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// A place in the secure heap that is filled bit by bit, for key material whose length is not known beforehand. It belongs to
/// one thread, does not print itself, and is wiped when released.
public final class SecureBuffer {
    // unsigned char *, owned.
    private let pointer: UnsafeMutableRawPointer

    /// How many bytes have room.
    public let capacity: Int
    /// How many bytes are there.
    public private(set) var count = 0

    /// Takes the place, all zero.
    ///
    /// - Throws: ``CryptoError`` when the secure heap is full or was not prepared.
    public init(capacity: Int) throws(CryptoError) {
        precondition(capacity > 0, "a buffer has room for at least one byte")
        pointer = try SecureHeap.allocate(capacity)
        self.capacity = capacity
    }

    /// Lets `read` write into the room that is left, and takes as many bytes as it answers; none when that is not positive.
    ///
    /// - Returns: what `read` answers.
    public func append(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        let room = UnsafeMutableRawBufferPointer(start: pointer + count, count: capacity - count)
        let taken = read(room)
        precondition(taken <= room.count, "no more is read than there is room for")
        count += max(0, taken)
        return taken
    }

    /// A copy of what is there, in the secure heap; nil when nothing is.
    ///
    /// - Throws: ``CryptoError`` when the secure heap is full.
    public func contents() throws(CryptoError) -> SecureBytes? {
        guard count > 0 else { return nil }
        return try SecureBytes(count: count) { buffer throws(CryptoError) in
            buffer.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: count))
        }
    }

    /// Gives what is there to `body` for as long as it runs.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: pointer, count: count))
    }

    deinit { CRYPTO_secure_clear_free(pointer, capacity, #fileID, #line) }
}

extension SecureBuffer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<secret>`.
    public var description: String { "<secret>" }
    /// Always `<secret>`.
    public var debugDescription: String { description }
    /// No children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
