// SPDX-License-Identifier: Apache-2.0

/// The name of a pool: a tenant with keys of its own, as a PHP-FPM pool is. It has 1 to 64 characters of `[a-z0-9_-]`, of which
/// the first is a letter or a digit, so that it can be the name of a directory and of a socket unit.
public struct PoolName: Hashable, Sendable {
    /// The greatest number of characters.
    public static let maximumLength = 64
    /// The pool of clients that belong to no other.
    public static let standard = PoolName(unchecked: "default")

    /// The name's text.
    public let text: String

    /// Takes a name of the form that names have, else `nil`.
    public init?(_ text: String) {
        guard (1...Self.maximumLength).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed),
            text.first != "_", text.first != "-"
        else { return nil }
        self.init(unchecked: text)
    }

    /// Takes UTF-8 of that form, else `nil`.
    public init?(_ bytes: some Collection<UInt8>) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        self.init(text)
    }

    private init(unchecked text: String) { self.text = text }

    /// The name as UTF-8 bytes.
    public var bytes: [UInt8] { Array(text.utf8) }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension PoolName: Comparable, CustomStringConvertible {
    /// By the alphabet, `default` before all others.
    public static func < (left: PoolName, right: PoolName) -> Bool {
        guard left != standard, right != standard else { return left == standard && right != standard }
        return left.text < right.text
    }

    /// The text.
    public var description: String { text }
}
