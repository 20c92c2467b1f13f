// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// HKDF-SHA-256 with an empty salt (RFC 5869; OpenSSL manual, EVP_KDF-HKDF(7)).
///
/// Used when the daemon starts only, so nothing is kept for reuse. OpenSSL copies the key and wipes its copy when the
/// context is freed.
enum HKDF {
    /// 32 bytes derived from `key` for the purpose that `info` names.
    static func derive(from key: SecureBytes, info: [UInt8]) throws(CryptoError) -> SecureBytes {
        guard let function = EVP_KDF_fetch(nil, "HKDF", nil) else { throw .openSSL("EVP_KDF_fetch") }
        defer { EVP_KDF_free(function) }
        guard let context = EVP_KDF_CTX_new(function) else { throw .openSSL("EVP_KDF_CTX_new") }
        defer { EVP_KDF_CTX_free(context) }
        return try SecureBytes(count: RecordFormat.keyLength) { output throws(CryptoError) in
            let answer = withParameters(key: key, info: info) { parameters in
                EVP_KDF_derive(
                    context,
                    output.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    output.count,
                    parameters
                )
            }
            guard answer == 1 else { throw .openSSL("EVP_KDF_derive") }
        }
    }

    private static func withParameters(
        key: SecureBytes,
        info: [UInt8],
        _ body: (UnsafePointer<OSSL_PARAM>) -> Int32
    ) -> Int32 {
        // OSSL_PARAM points to mutable memory even where OpenSSL only reads; EVP_KDF_derive only reads.
        var digest = Array("SHA256".utf8CString)
        var info = info
        return digest.withUnsafeMutableBufferPointer { digest in
            info.withUnsafeMutableBytes { info in
                key.withUnsafeBytes { key in
                    let parameters = [
                        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.baseAddress, 0),
                        OSSL_PARAM_construct_octet_string(
                            OSSL_KDF_PARAM_KEY,
                            UnsafeMutableRawPointer(mutating: key.baseAddress),
                            key.count
                        ),
                        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.baseAddress, info.count),
                        OSSL_PARAM_construct_end(),
                    ]
                    return parameters.withUnsafeBufferPointer { list in
                        // Never nil: the list has an end mark.
                        list.baseAddress.map(body) ?? 0
                    }
                }
            }
        }
    }
}
