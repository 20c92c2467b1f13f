// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
internal import COpenSSL

/// Places for keys of one size in the secure heap. Whoever needs one often should not ask OpenSSL each time: it cuts its
/// memory in halves until the piece fits, and puts the halves together again, which takes up to 1.2 µs
/// (`docs/performance.md`). What was taken from the secure heap once is not given back to it.
///
/// Sendable without a check, because a place has one user at a time.
final class SecureSlots: @unchecked Sendable {
    /// For keys, which have 32 bytes.
    static let keys = SecureSlots(size: RecordFormat.keyLength)

    /// How many are taken from the secure heap at once.
    private static let batch = 64

    private struct Slot: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }

    /// The number of bytes of each place.
    let size: Int
    private let free = Locked<[Slot]>([])

    private init(size: Int) { self.size = size }

    /// The bytes of all places that nobody has.
    var freeBytes: Int { free.withLock { $0.count } * size }

    /// A place, all zero.
    ///
    /// - Throws: ``CryptoError`` when the secure heap is full or was not prepared.
    func take() throws(CryptoError) -> UnsafeMutableRawPointer {
        if let slot = free.withLock({ $0.popLast() }) { return slot.pointer }
        let start = try SecureHeap.allocate(size * Self.batch)
        let slots = (0..<Self.batch).map { Slot(pointer: start + $0 * size) }
        free.withLock { $0.append(contentsOf: slots.dropFirst()) }
        return start
    }

    /// Wipes a place, and keeps it for the next one who needs it.
    func giveBack(_ pointer: UnsafeMutableRawPointer) {
        OPENSSL_cleanse(pointer, size)
        let slot = Slot(pointer: pointer)
        free.withLock { $0.append(slot) }
    }
}
