// SPDX-License-Identifier: Apache-2.0

extension MasterKey {
    /// A new key, from OpenSSL's private generator.
    ///
    /// - Throws: ``CryptoError`` when there is no randomness or the secure heap is full.
    public static func random() throws(CryptoError) -> MasterKey {
        try MasterKey(SecureBytes.random(count: length))
    }

    /// The key as 44 characters of base64, which ``MasterKeyText`` reads.
    ///
    /// - Throws: ``CryptoError`` when the secure heap is full.
    public func base64() throws(CryptoError) -> SecureBytes {
        try SecureBytes(count: MasterKeyText.base64Length) { text in
            bytes.withUnsafeBytes { MasterKeyText.encodeBase64($0, into: text) }
        }
    }
}
