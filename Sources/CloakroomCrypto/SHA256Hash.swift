// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// SHA-256 (FIPS 180-4) of what is not secret, taken piece by piece: files (OpenSSL manual, EVP_DigestInit(3)).
public final class SHA256Hash {
    /// The number of hexadecimal digits of a hash.
    public static let digits = 64

    // `EVP_MD_CTX`.
    private let context: OpaquePointer

    /// Begins a hash.
    ///
    /// - Throws: ``CryptoError`` when OpenSSL cannot.
    public init() throws(CryptoError) {
        guard let context = EVP_MD_CTX_new() else { throw .openSSL("EVP_MD_CTX_new") }
        self.context = context
        try begin()
    }

    deinit { EVP_MD_CTX_free(context) }

    private func begin() throws(CryptoError) {
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else { throw .openSSL("EVP_DigestInit_ex") }
    }

    /// Goes on with more bytes.
    ///
    /// - Throws: ``CryptoError`` when OpenSSL cannot.
    public func update(_ bytes: UnsafeRawBufferPointer) throws(CryptoError) {
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
            throw .openSSL("EVP_DigestUpdate")
        }
    }

    /// The hash of all bytes, in lower-case hexadecimal digits; the next update begins another one.
    ///
    /// - Throws: ``CryptoError`` when OpenSSL cannot.
    public func finish() throws(CryptoError) -> String {
        var digest = [UInt8](repeating: 0, count: Self.digits / 2)
        guard EVP_DigestFinal_ex(context, &digest, nil) == 1 else { throw .openSSL("EVP_DigestFinal_ex") }
        try begin()
        let alphabet = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [alphabet[Int($0 >> 4)], alphabet[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The hash of some bytes.
    ///
    /// - Throws: ``CryptoError`` when OpenSSL cannot.
    public static func digits(of bytes: [UInt8]) throws(CryptoError) -> String {
        let hash = try SHA256Hash()
        try bytes.span.withUnsafeBytes { bytes throws(CryptoError) in try hash.update(bytes) }
        return try hash.finish()
    }
}
