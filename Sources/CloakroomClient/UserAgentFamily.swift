// SPDX-License-Identifier: Apache-2.0

/// What stays of a user agent when the browser is updated, or asks for the desktop's version of a site: whose browser it
/// is, and what kind of system it runs on. ``UserAgent`` tells it from the string.
public struct UserAgentFamily: Hashable, Sendable {
    /// The number of bytes in an encoding.
    public static let encodedLength = 8

    /// Brand, platform and token as one number, in that order.
    private let word: UInt64

    /// The family of a browser.
    init(_ brand: BrowserBrand, on platform: PlatformClass) {
        precondition(brand != .other, "another program has a name")
        word = UInt64(brand.rawValue) << 56 | UInt64(platform.rawValue) << 48
    }

    /// The family of another program.
    init(_ program: ProgramToken, on platform: PlatformClass) {
        word = UInt64(BrowserBrand.other.rawValue) << 56 | UInt64(platform.rawValue) << 48 | program.word
    }

    // No initialiser takes a number whose first two bytes are not raw values.
    /// Whose browser it is.
    public var brand: BrowserBrand { BrowserBrand(rawValue: UInt8(word >> 56)) ?? .unnamed }
    /// What it runs on.
    public var platform: PlatformClass { PlatformClass(rawValue: UInt8(truncatingIfNeeded: word >> 48)) ?? .other }
    /// Which program it is, if the brand is ``BrowserBrand/other``.
    public var program: ProgramToken? { brand == .other ? ProgramToken(validating: word & Self.tokenMask) : nil }

    private static let tokenMask: UInt64 = 1 << 48 - 1
}

extension UserAgentFamily {
    /// The family as ``encodedLength`` bytes: the raw values of brand and platform, then the six bytes of the token, which
    /// are 0 unless the brand is ``BrowserBrand/other``. It is kept with sessions and does not change. Each family has one
    /// encoding.
    public var bytes: [UInt8] { withUnsafeBytes(of: word.bigEndian, Array.init) }

    /// Writes ``bytes`` to memory that has ``encodedLength`` bytes.
    public func encode(into buffer: UnsafeMutableRawBufferPointer) {
        precondition(buffer.count == Self.encodedLength, "a family has one length")
        buffer.storeBytes(of: word.bigEndian, as: UInt64.self)
    }

    /// Reads what ``encode(into:)`` wrote, or answers `nil` for anything else: another number of bytes, a raw value that is
    /// none, a token that no name has, a token of a known browser, or a platform of no user agent.
    public init?(decoding bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.encodedLength,
            let brand = BrowserBrand(rawValue: bytes[0]),
            let platform = PlatformClass(rawValue: bytes[1])
        else { return nil }
        let word = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        guard let program = ProgramToken(validating: word & Self.tokenMask),
            (program == .empty) == (brand != .other), brand != .unnamed || platform == .other
        else { return nil }
        if brand == .other {
            self.init(program, on: platform)
        } else {
            self.init(brand, on: platform)
        }
    }
}

extension UserAgentFamily: CustomStringConvertible {
    /// The family as people would say it: `Firefox on Windows`, `curl on an unknown system`, `no user agent`.
    public var description: String {
        if brand == .unnamed { return "\(brand)" }
        return "\(program.map(String.init(describing:)) ?? "\(brand)") on \(platform)"
    }
}
