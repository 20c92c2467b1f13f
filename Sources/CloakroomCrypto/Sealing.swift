// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// Sealing and opening of whole values: clear bytes, then nonce ‖ ciphertext ‖ tag.
enum Sealing {
    /// `clear` ‖ nonce ‖ ciphertext ‖ tag.
    static func seal(
        _ plaintext: UnsafeRawBufferPointer,
        behind clear: [UInt8],
        additionalData: [UInt8],
        key: SecureBytes
    ) throws(CryptoError) -> [UInt8] {
        let length = clear.count + RecordFormat.nonceLength + plaintext.count + RecordFormat.tagLength
        return try array(count: length) { output throws(CryptoError) in
            output.copyBytes(from: clear)
            let sealed = UnsafeMutableRawBufferPointer(rebasing: output.dropFirst(clear.count))
            try CipherContext.shared.withObject { context throws(CryptoError) in
                try context.seal(plaintext, additionalData: additionalData, key: key, into: sealed)
            }
        }
    }

    /// Opens nonce ‖ ciphertext ‖ tag behind `clear` bytes into `output`; `false` when it is not authentic.
    static func open(
        _ value: [UInt8],
        behind clear: Int,
        additionalData: [UInt8],
        key: SecureBytes,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptoError) -> Bool {
        try withBytes(of: value) { bytes throws(CryptoError) in
            let sealed = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(clear))
            return try CipherContext.shared.withObject { context throws(CryptoError) in
                try context.open(sealed, additionalData: additionalData, key: key, into: output)
            }
        }
    }

    /// Lends an array's bytes. The standard library's function cannot throw a typed error, hence the detour.
    static func withBytes<Value>(
        of array: [UInt8],
        _ body: (UnsafeRawBufferPointer) throws(CryptoError) -> Value
    ) throws(CryptoError) -> Value {
        try array.withUnsafeBytes { bytes in attempt { () throws(CryptoError) in try body(bytes) } }.get()
    }

    /// An array whose bytes `fill` writes in place. The detour is as above.
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

    /// Lends a buffer on the stack for key material in the clear, and wipes it.
    static func withSecretBuffer<Value>(
        count: Int,
        _ body: (UnsafeMutableRawBufferPointer) throws(CryptoError) -> Value
    ) throws(CryptoError) -> Value {
        try withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { buffer -> Result<Value, CryptoError> in
            defer { OPENSSL_cleanse(buffer.baseAddress, buffer.count) }
            return attempt { () throws(CryptoError) in try body(buffer) }
        }.get()
    }
}
