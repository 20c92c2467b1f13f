// SPDX-License-Identifier: Apache-2.0

/// The name of a session (`session.name`, by default `PHPSESSID`): 1 to 255 bytes. It separates applications that share
/// a daemon, and is no secret.
public struct SessionName: Hashable, Sendable {
    /// The greatest number of bytes in a name; it is written with a one-byte length.
    public static let maximumLength = 255

    /// The name's bytes.
    public let bytes: [UInt8]

    /// Takes a name, or answers `nil` when it is empty or too long.
    public init?(_ bytes: some Collection<UInt8>) {
        guard Self.isValid(bytes) else { return nil }
        self.bytes = Array(bytes)
    }

    init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// Whether bytes can be a name.
    @inlinable
    public static func isValid(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.count <= maximumLength
    }
}
