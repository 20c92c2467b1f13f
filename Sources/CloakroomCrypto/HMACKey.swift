// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// A key of HMAC-SHA-256 (RFC 2104) that is used often: the hash states that its two paddings lead to are computed once,
/// which halves the work for a short message. They are as good as the key, and are where the key would be.
final class HMACKey: Sendable {
    // The inner state, then the outer.
    private let states: SecureBytes

    init(_ key: SecureBytes) throws(CryptoError) {
        states = try SecureBytes(count: 2 * MemoryLayout<SHA256_CTX>.stride) { states throws(CryptoError) in
            try key.withUnsafeBytes { key throws(CryptoError) in
                let states = states.bindMemory(to: SHA256_CTX.self)
                try HMAC.begin(&states[0], key: key, padding: HMAC.innerPadding)
                try HMAC.begin(&states[1], key: key, padding: HMAC.outerPadding)
            }
        }
    }

    /// Writes the MAC of `message` to `output`, which has 32 bytes.
    func authenticate(_ message: [UInt8], into output: UnsafeMutableRawBufferPointer) throws(CryptoError) {
        try states.withUnsafeBytes { states throws(CryptoError) in
            guard let states = states.assumingMemoryBound(to: SHA256_CTX.self).baseAddress else {
                // Not reached: there are always two. To return would leave a MAC that was not computed.
                throw CryptoError(.secureHeap, "a key of HMAC has no states")
            }
            try HMAC.finish(inner: states, outer: states + 1, message, into: output)
        }
    }

    /// The MAC of `message`, as a key.
    func deriveKey(_ message: [UInt8]) throws(CryptoError) -> SecureBytes {
        try SecureBytes(count: RecordFormat.keyLength) { output throws(CryptoError) in
            try authenticate(message, into: output)
        }
    }
}
