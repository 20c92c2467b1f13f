// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// HMAC-SHA-256 (RFC 2104; OpenSSL manual, EVP_MAC(3)).
///
/// `@unchecked Sendable` because OpenSSL does not protect a context against two threads at once: a ``FreeList`` lends it
/// to one at a time, and it is used nowhere else.
final class MACContext: @unchecked Sendable {
    // EVP_MAC *, fetched once and kept for the life of the process. `nonisolated(unsafe)`: written once by Swift's
    // initialisation of globals; a fetched algorithm is immutable and may be shared by threads (OpenSSL manual,
    // EVP_MAC(3)).
    nonisolated(unsafe) private static let algorithm: OpaquePointer? = EVP_MAC_fetch(nil, "HMAC", nil)

    private static let shared = FreeList<MACContext> { () throws(CryptoError) in try MACContext() }
    private static let noKey = [UInt8](repeating: 0, count: RecordFormat.keyLength)

    // EVP_MAC_CTX *, owned.
    private let context: OpaquePointer

    private init() throws(CryptoError) {
        guard let algorithm = Self.algorithm else { throw .openSSL("EVP_MAC_fetch") }
        guard let context = EVP_MAC_CTX_new(algorithm) else { throw .openSSL("EVP_MAC_CTX_new") }
        self.context = context
        // From here on deinit frees the context, also when setting the digest fails.
        let parameters = [OpenSSLParameter.sha256, OSSL_PARAM_construct_end()]
        guard EVP_MAC_CTX_set_params(context, parameters) == 1 else { throw .openSSL("EVP_MAC_CTX_set_params") }
    }

    /// The MAC of `message` under `key`, as a key.
    static func deriveKey(from key: SecureBytes, _ message: [UInt8]) throws(CryptoError) -> SecureBytes {
        try SecureBytes(count: RecordFormat.keyLength) { output throws(CryptoError) in
            try authenticate(message, key: key, into: output)
        }
    }

    /// Writes the MAC of `message` under `key` to `output`, which has 32 bytes.
    static func authenticate(
        _ message: [UInt8],
        key: SecureBytes,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptoError) {
        try shared.withObject { context throws(CryptoError) in
            try key.withUnsafeBytes { key throws(CryptoError) in try context.setKey(key) }
            try context.authenticate(message, into: output)
            // OpenSSL copies the key to the secure heap, but the hash states computed from it, which are as good as the
            // key, to ordinary memory. Another key overwrites them. It costs about 0.15 µs, and not keeping the key
            // for the next message as much again; key material in memory that may be swapped out is not worth that.
            try Sealing.withBytes(of: noKey) { key throws(CryptoError) in try context.setKey(key) }
        }
    }

    private func setKey(_ key: UnsafeRawBufferPointer) throws(CryptoError) {
        let answer = EVP_MAC_init(context, key.baseAddress?.assumingMemoryBound(to: UInt8.self), key.count, nil)
        guard answer == 1 else { throw .openSSL("EVP_MAC_init") }
    }

    private func authenticate(
        _ message: [UInt8],
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptoError) {
        guard EVP_MAC_update(context, message, message.count) == 1 else { throw .openSSL("EVP_MAC_update") }
        var length = 0
        let bytes = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard EVP_MAC_final(context, bytes, &length, output.count) == 1, length == RecordFormat.keyLength else {
            throw .openSSL("EVP_MAC_final")
        }
    }

    deinit {
        EVP_MAC_CTX_free(context)
    }
}
