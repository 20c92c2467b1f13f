// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
internal import COpenSSL

/// OpenSSL's secure heap, where all ``SecureBytes`` live: one locked mapping with guard pages, left out of core dumps
/// (OpenSSL manual, CRYPTO_secure_malloc_init(3)).
public enum SecureHeap {
    /// How much there is unless the caller says otherwise: 4 MiB, room for 131,072 keys, and within the 8 MiB that
    /// Linux lets a process lock by default.
    public static let standardSize = 4 << 20

    // The smallest block: a key has 32 bytes.
    private static let blockSize = 32
    // The size, once it is there.
    private static let preparedSize = Locked<Int?>(nil)

    /// Sets the secure heap up. Only the first call that succeeds does anything, so its size counts.
    ///
    /// - Parameter bytes: the size, a power of two.
    /// - Throws: ``CryptoError`` of code `secureHeap` when the memory cannot be had or cannot be locked.
    public static func prepare(bytes: Int = standardSize) throws(CryptoError) {
        try preparedSize.withLock { size throws(CryptoError) in
            guard size == nil else { return }
            guard bytes >= 4096, bytes.nonzeroBitCount == 1 else {
                throw CryptoError(.secureHeap, "the secure heap's size is a power of two from 4096, not \(bytes)")
            }
            try accept(CRYPTO_secure_malloc_init(bytes, blockSize), bytes: bytes)
            size = bytes
        }
    }

    /// The size in bytes, and how much of it is in use; places that are kept for the next key do not count.
    ///
    /// - Returns: `nil` before ``prepare(bytes:)``.
    public static var use: (bytes: Int, size: Int)? {
        preparedSize.withLock { size in
            guard let size else { return nil }
            return (max(0, CRYPTO_secure_used() - SecureSlots.keys.freeBytes), size)
        }
    }

    /// So many bytes of it, all zero.
    ///
    /// - Throws: ``CryptoError`` when it is full or was not prepared.
    static func allocate(_ count: Int) throws(CryptoError) -> UnsafeMutableRawPointer {
        guard CRYPTO_secure_malloc_initialized() == 1 else {
            throw CryptoError(.secureHeap, "the secure heap is not prepared: call SecureHeap.prepare() first")
        }
        guard let pointer = CRYPTO_secure_zalloc(count, #fileID, #line) else {
            ERR_clear_error()
            throw CryptoError(.secureHeap, "the secure heap is full")
        }
        return pointer
    }

    /// Takes 1 for an answer and nothing else: 2 is a heap that works, but may be swapped out to disk.
    static func accept(_ answer: Int32, bytes: Int) throws(CryptoError) {
        switch answer {
        case 1:
            return
        case 2:
            // Nothing is allocated in it yet. Giving it back lets a later call try again.
            CRYPTO_secure_malloc_done()
            throw CryptoError(
                .secureHeap,
                "cannot lock \(bytes) bytes of memory for keys, which might then be swapped to disk: "
                    + "raise LimitMEMLOCK= in the systemd unit, or `ulimit -l`"
            )
        default:
            throw CryptoError.openSSL("CRYPTO_secure_malloc_init")
        }
    }
}
