// SPDX-License-Identifier: Apache-2.0

/// What a browser keeps so that its user is known again without a session: a selector, which stays the same for all tokens that come
/// of one, and a secret, which is another in each.
///
/// Whoever has one is the user, so the type does not print itself.
public struct RememberToken: Hashable, Sendable {
    /// The number of bytes in a selector.
    public static let selectorLength = 16
    /// The number of bytes in a secret.
    public static let secretLength = 32
    /// The number of bytes in a token.
    public static let length = selectorLength + secretLength

    /// Selector and secret.
    public let bytes: [UInt8]
    /// What all tokens of a family have in common.
    public var selector: ArraySlice<UInt8> { bytes.prefix(Self.selectorLength) }
    /// What only one of them has.
    public var secret: ArraySlice<UInt8> { bytes.dropFirst(Self.selectorLength) }

    /// Takes exactly ``length`` bytes, or answers `nil`.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = Array(bytes)
    }
}

extension RememberToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<token>`.
    public var description: String { "<token>" }
    /// Always `<token>`.
    public var debugDescription: String { description }
    /// No children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
