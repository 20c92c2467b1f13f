// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// A keyed hash of the secret of a token, which is stored in its place.
public struct SecretDigest: Sendable {
    /// The number of bytes in a digest.
    static let length = 32

    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        precondition(bytes.count == Self.length, "a digest has one length")
        self.bytes = bytes
    }

    /// Whether two are the same, in a time that does not depend on where they differ (OpenSSL manual, CRYPTO_memcmp(3)).
    public func matches(_ other: SecretDigest) -> Bool { CRYPTO_memcmp(bytes, other.bytes, Self.length) == 0 }
}

extension SecretDigest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<secret digest>`.
    public var description: String { "<secret digest>" }
    /// Always `<secret digest>`.
    public var debugDescription: String { description }
    /// No children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
