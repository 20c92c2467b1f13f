// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// A name in OpenSSL's parameter lists (OpenSSL manual, OSSL_PARAM(3)).
///
/// A list keeps a pointer to the name, and a Swift string passed to a C function lives for that call only. So the names
/// of `openssl/core_names.h` are written here as static strings, which live for ever and end in a zero byte.
enum OpenSSLParameter: Sendable {
    case digest
    case key
    case info

    private var text: StaticString {
        switch self {
        case .digest: "digest"
        case .key: "key"
        case .info: "info"
        }
    }

    private var name: UnsafePointer<CChar> {
        UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }

    /// The parameter with these bytes; `buffer` lives until the list is used.
    func octets(_ buffer: UnsafeRawBufferPointer) -> OSSL_PARAM {
        // The pointer is to mutable memory even where OpenSSL only reads, as it does everywhere here.
        OSSL_PARAM_construct_octet_string(name, UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count)
    }

    /// The parameter list entry that selects SHA-256.
    static var sha256: OSSL_PARAM {
        let value: StaticString = "SHA256"
        // As above: read only.
        let start = UnsafeMutablePointer(
            mutating: UnsafeRawPointer(value.utf8Start).assumingMemoryBound(to: CChar.self)
        )
        return OSSL_PARAM_construct_utf8_string(OpenSSLParameter.digest.name, start, value.utf8CodeUnitCount)
    }
}
