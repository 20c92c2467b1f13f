// SPDX-License-Identifier: Apache-2.0

/// Why a token is worth nothing: the reason of NOT_REMEMBERED (`docs/protocol.md`).
public struct TokenRefusal: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    public let rawValue: UInt8

    /// Any number; what is not one of those below is for a newer client.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// There is no such token, or there is none any more.
    public static let unknown = TokenRefusal(rawValue: 0)
    /// Its time is over.
    public static let expired = TokenRefusal(rawValue: 1)
    /// It was used before, or is forged; its family has ended.
    public static let reused = TokenRefusal(rawValue: 2)
    /// It belongs to a browser in another network.
    public static let otherAddress = TokenRefusal(rawValue: 3)
    /// It belongs to another browser.
    public static let otherAgent = TokenRefusal(rawValue: 4)
}
