// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// HMAC-SHA-256 (RFC 2104) by OpenSSL's SHA-256 (FIPS 180-4; OpenSSL manual, SHA256_Init(3)).
///
/// OpenSSL 3 has an HMAC of its own in EVP_MAC(3), and calls these functions its low-level ones. That one takes 0.9 µs for a session
/// id where this takes 0.15 to 0.25, nearly all of it for looking up parameters by name and for memory of its own
/// (`docs/performance.md`); and it leaves hash states, which are as good as the key, in memory that may be swapped out. Here
/// they are on the stack, and wiped.
enum HMAC {
    static let innerPadding: UInt8 = 0x36
    static let outerPadding: UInt8 = 0x5c
    private static let blockLength = 64

    /// The MAC of `message` under `key`, as a key.
    static func deriveKey(from key: SecureBytes, _ message: [UInt8]) throws(CryptoError) -> SecureBytes {
        try SecureBytes(count: RecordFormat.keyLength) { output throws(CryptoError) in
            try key.withUnsafeBytes { key throws(CryptoError) in
                var (inner, outer) = (SHA256_CTX(), SHA256_CTX())
                defer {
                    wipe(&inner)
                    wipe(&outer)
                }
                try begin(&inner, key: key, padding: innerPadding)
                try begin(&outer, key: key, padding: outerPadding)
                try finish(inner: &inner, outer: &outer, message, into: output)
            }
        }
    }

    /// Begins a hash with a key's padding. The key has at most as many bytes as a block.
    static func begin(
        _ state: inout SHA256_CTX,
        key: UnsafeRawBufferPointer,
        padding: UInt8
    ) throws(CryptoError) {
        precondition(key.count <= blockLength, "a longer key would have to be hashed first")
        try Sealing.withSecretBuffer(count: blockLength) { block throws(CryptoError) in
            block.copyMemory(from: key)
            UnsafeMutableRawBufferPointer(rebasing: block[key.count...]).initializeMemory(as: UInt8.self, repeating: 0)
            // A word at a time: byte by byte it was as much work as the hash.
            let padding = UInt64(padding) &* 0x0101_0101_0101_0101
            for offset in stride(from: 0, to: blockLength, by: 8) {
                let word = block.load(fromByteOffset: offset, as: UInt64.self)
                block.storeBytes(of: word ^ padding, toByteOffset: offset, as: UInt64.self)
            }
            guard SHA256_Init(&state) == 1, SHA256_Update(&state, block.baseAddress, block.count) == 1 else {
                throw .openSSL("SHA256_Update")
            }
        }
    }

    /// Goes on from the states of a key to the MAC of `message`, which has 32 bytes.
    static func finish(
        inner: UnsafePointer<SHA256_CTX>,
        outer: UnsafePointer<SHA256_CTX>,
        _ message: [UInt8],
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptoError) {
        precondition(output.count == Int(SHA256_DIGEST_LENGTH), "the MAC has one length")
        var state = inner.pointee
        defer { wipe(&state) }
        let digest = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard SHA256_Update(&state, message, message.count) == 1, SHA256_Final(digest, &state) == 1 else {
            throw .openSSL("SHA256_Final")
        }
        state = outer.pointee
        guard SHA256_Update(&state, digest, output.count) == 1, SHA256_Final(digest, &state) == 1 else {
            throw .openSSL("SHA256_Final")
        }
    }

    private static func wipe(_ state: inout SHA256_CTX) {
        OPENSSL_cleanse(&state, MemoryLayout<SHA256_CTX>.size)
    }
}
