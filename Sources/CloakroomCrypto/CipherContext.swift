// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// AES-256-GCM (NIST SP 800-38D; OpenSSL manual, EVP_EncryptInit(3)) with 96-bit nonces and 128-bit tags.
///
/// `@unchecked Sendable` because OpenSSL does not protect a context against two threads at once: a ``FreeList`` lends it
/// to one at a time, and it is used nowhere else.
final class CipherContext: @unchecked Sendable {
    static let shared = FreeList<CipherContext> { () throws(CryptoError) in try CipherContext() }

    // EVP_CIPHER *, fetched once and kept for the life of the process. `nonisolated(unsafe)`: written once by Swift's
    // initialisation of globals; a fetched algorithm is immutable and may be shared by threads (OpenSSL manual,
    // EVP_CIPHER_fetch(3)).
    nonisolated(unsafe) private static let algorithm: OpaquePointer? = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)

    // EVP_CIPHER_CTX *, owned.
    private let context: OpaquePointer
    // Random bytes for the next nonces; nonces are no secret. One call of RAND_bytes costs as much as sealing a
    // session, nearly whatever the length.
    private var nonces = [UInt8](repeating: 0, count: 32 * RecordFormat.nonceLength)
    private var usedNonceBytes: Int

    private enum Direction: Int32 {
        case open = 0
        case seal = 1
    }

    private init() throws(CryptoError) {
        guard let context = EVP_CIPHER_CTX_new() else { throw .openSSL("EVP_CIPHER_CTX_new") }
        self.context = context
        usedNonceBytes = nonces.count
    }

    /// Writes nonce ‖ ciphertext ‖ tag to `output`, with a fresh random nonce.
    func seal(
        _ plaintext: UnsafeRawBufferPointer,
        additionalData: UnsafeRawBufferPointer,
        key: SecureBytes,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptoError) {
        let overhead = RecordFormat.nonceLength + RecordFormat.tagLength
        precondition(output.count == plaintext.count + overhead, "the caller's buffer fits the value")
        let nonce = UnsafeMutableRawBufferPointer(rebasing: output.prefix(RecordFormat.nonceLength))
        try takeNonce(into: nonce)
        let ciphertext = output.dropFirst(nonce.count).dropLast(RecordFormat.tagLength)
        let tag = output.suffix(RecordFormat.tagLength)

        defer { forgetKey() }
        try start(.seal, key: key, nonce: UnsafeRawBufferPointer(nonce), additionalData: additionalData)
        try update(plaintext, into: UnsafeMutableRawBufferPointer(rebasing: ciphertext))
        guard finish() else { throw .openSSL("EVP_EncryptFinal_ex") }
        try control(EVP_CTRL_AEAD_GET_TAG, UnsafeMutableRawBufferPointer(rebasing: tag))
    }

    /// Writes what nonce ‖ ciphertext ‖ tag holds to `output`, or answers `false` and leaves it all zero.
    func open(
        _ sealed: UnsafeRawBufferPointer,
        additionalData: UnsafeRawBufferPointer,
        key: SecureBytes,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptoError) -> Bool {
        let overhead = RecordFormat.nonceLength + RecordFormat.tagLength
        precondition(sealed.count == output.count + overhead, "the caller's buffer fits the value")
        let nonce = sealed.prefix(RecordFormat.nonceLength)
        let ciphertext = sealed.dropFirst(nonce.count).dropLast(RecordFormat.tagLength)
        let tag = sealed.suffix(RecordFormat.tagLength)

        defer { forgetKey() }
        try start(
            .open,
            key: key,
            nonce: UnsafeRawBufferPointer(rebasing: nonce),
            additionalData: additionalData
        )
        try update(UnsafeRawBufferPointer(rebasing: ciphertext), into: output)
        // OpenSSL reads the tag here, whatever the type says.
        let expected = UnsafeMutableRawBufferPointer(mutating: UnsafeRawBufferPointer(rebasing: tag))
        try control(EVP_CTRL_AEAD_SET_TAG, expected)
        guard finish() else {
            // Nothing that was not authenticated leaves this function, and no error is left for the next caller to find.
            OPENSSL_cleanse(output.baseAddress, output.count)
            ERR_clear_error()
            return false
        }
        return true
    }

    // Each random byte is handed out once. A child of fork(2) would hand out the same ones again; the daemon does not
    // fork.
    private func takeNonce(into nonce: UnsafeMutableRawBufferPointer) throws(CryptoError) {
        if usedNonceBytes == nonces.count {
            guard RAND_bytes(&nonces, Int32(nonces.count)) == 1 else { throw .openSSL("RAND_bytes") }
            usedNonceBytes = 0
        }
        nonces.withUnsafeBytes {
            nonce.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[usedNonceBytes..<usedNonceBytes + nonce.count]))
        }
        usedNonceBytes += nonce.count
    }

    private func start(
        _ direction: Direction,
        key: SecureBytes,
        nonce: UnsafeRawBufferPointer,
        additionalData: UnsafeRawBufferPointer
    ) throws(CryptoError) {
        let answer = key.withUnsafeBytes { key in
            EVP_CipherInit_ex2(
                context,
                Self.algorithm,
                key.baseAddress?.assumingMemoryBound(to: UInt8.self),
                nonce.baseAddress?.assumingMemoryBound(to: UInt8.self),
                direction.rawValue,
                nil
            )
        }
        guard answer == 1 else { throw .openSSL("EVP_CipherInit_ex2") }
        // No output buffer: this is additional data.
        var written: Int32 = 0
        let length = Int32(additionalData.count)
        let bytes = additionalData.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard EVP_CipherUpdate(context, nil, &written, bytes, length) == 1 else {
            throw .openSSL("EVP_CipherUpdate")
        }
    }

    private func update(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptoError) {
        // Nothing to do, and an empty buffer may have no address, which would make it additional data.
        guard !input.isEmpty else { return }
        guard let length = Int32(exactly: input.count) else {
            throw CryptoError(.openSSL, "\(input.count) bytes are more than one value can hold")
        }
        var written: Int32 = 0
        let source = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard EVP_CipherUpdate(context, Self.bytes(output), &written, source, length) == 1, written == length else {
            throw .openSSL("EVP_CipherUpdate")
        }
    }

    // GCM has no output of its own at the end.
    private func finish() -> Bool {
        var written: Int32 = 0
        var nothing: UInt8 = 0
        return EVP_CipherFinal_ex(context, &nothing, &written) == 1
    }

    private func control(_ command: Int32, _ buffer: UnsafeMutableRawBufferPointer) throws(CryptoError) {
        guard EVP_CIPHER_CTX_ctrl(context, command, Int32(buffer.count), buffer.baseAddress) == 1 else {
            throw .openSSL("EVP_CIPHER_CTX_ctrl")
        }
    }

    // The key schedule is in ordinary memory while a value is sealed or opened, not longer: this wipes it. It costs
    // about 0.2 µs, and the next use has to allocate it again.
    private func forgetKey() {
        EVP_CIPHER_CTX_reset(context)
    }

    private static func bytes(_ buffer: UnsafeMutableRawBufferPointer) -> UnsafeMutablePointer<UInt8>? {
        buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    }

    deinit {
        EVP_CIPHER_CTX_free(context)
    }
}
