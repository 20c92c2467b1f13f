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
        _ body: ([OSSL_PARAM]) -> Int32
    ) -> Int32 {
        info.withUnsafeBytes { info in
            key.withUnsafeBytes { key in
                let parameters = [
                    OpenSSLParameter.sha256,
                    OpenSSLParameter.key.octets(key),
                    OpenSSLParameter.info.octets(info),
                    OSSL_PARAM_construct_end(),
                ]
                return body(parameters)
            }
        }
    }
}
