// SPDX-License-Identifier: Apache-2.0

/// The name of a pool: a tenant with keys of its own, as a PHP-FPM pool is (1 to 64 bytes).
public struct PoolName: Hashable, Sendable {
    /// The pool that serves every client.
    public static let standard = PoolName(text: "default")

    /// The name's text.
    public let text: String

    private init(text: String) { self.text = text }

    /// The name as UTF-8 bytes.
    public var bytes: [UInt8] { Array(text.utf8) }
}
