// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// Sealing and opening with the contexts that all threads share, and memory for it. The standard library's functions that lend
/// memory cannot throw a typed error, hence the detours.
enum Sealing {
    /// Writes nonce ‖ ciphertext ‖ tag to `output`, which has room for just that.
    static func seal(
        _ plaintext: UnsafeRawBufferPointer,
        additionalData: UnsafeRawBufferPointer,
        key: SecureBytes,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptoError) {
        try CipherContext.shared.withObject { context throws(CryptoError) in
            try context.seal(plaintext, additionalData: additionalData, key: key, into: output)
        }
    }

    /// Opens nonce ‖ ciphertext ‖ tag into `output`; `false` when it is not authentic.
    static func open(
        _ sealed: UnsafeRawBufferPointer,
        additionalData: UnsafeRawBufferPointer,
        key: SecureBytes,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptoError) -> Bool {
        try CipherContext.shared.withObject { context throws(CryptoError) in
            try context.open(sealed, additionalData: additionalData, key: key, into: output)
        }
    }

    /// Lends an array's bytes.
    static func withBytes<Value>(
        of array: [UInt8],
        _ body: (UnsafeRawBufferPointer) throws(CryptoError) -> Value
    ) throws(CryptoError) -> Value {
        try array.withUnsafeBytes { bytes in attempt { () throws(CryptoError) in try body(bytes) } }.get()
    }

    /// An array whose bytes `fill` writes in place.
    static func array(
        count: Int,
        _ fill: (UnsafeMutableRawBufferPointer) throws(CryptoError) -> Void
    ) throws(CryptoError) -> [UInt8] {
        var outcome: Result<Void, CryptoError> = .success(())
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let memory = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count)
            outcome = attempt { () throws(CryptoError) in try fill(memory) }
            if case .success = outcome { initialized = count }
        }
        try outcome.get()
        return bytes
    }

    private static func attempt<Value>(
        _ body: () throws(CryptoError) -> Value
    ) -> Result<Value, CryptoError> {
        do throws(CryptoError) { return .success(try body()) } catch { return .failure(error) }
    }

    /// Lends a buffer on the stack.
    static func withBuffer<Value>(
        count: Int,
        _ body: (UnsafeMutableRawBufferPointer) throws(CryptoError) -> Value
    ) throws(CryptoError) -> Value {
        try withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { buffer in
            attempt { () throws(CryptoError) in try body(buffer) }
        }.get()
    }

    /// Lends a buffer on the stack for key material in the clear, and wipes it.
    static func withSecretBuffer<Value>(
        count: Int,
        _ body: (UnsafeMutableRawBufferPointer) throws(CryptoError) -> Value
    ) throws(CryptoError) -> Value {
        try withBuffer(count: count) { buffer throws(CryptoError) in
            defer { OPENSSL_cleanse(buffer.baseAddress, buffer.count) }
            return try body(buffer)
        }
    }
}
