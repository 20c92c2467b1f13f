// SPDX-License-Identifier: Apache-2.0

/// A session id as the browser holds it: 1 to 256 characters of `[A-Za-z0-9,-]`, PHP's own rule
/// (PHP manual, "session_id").
///
/// Whoever knows the id is the user, so the type does not print itself; logs name a session by
/// ``SessionAddress/tag``.
public struct SessionID: Hashable, Sendable {
    /// The greatest number of bytes in an id (PHP's `PS_MAX_SID_LENGTH`).
    public static let maximumLength = 256

    /// The id's bytes, all of them ASCII.
    public let bytes: [UInt8]

    // Inlinable, as other modules would otherwise run it unspecialised, 1 µs for each id.
    /// Takes an id, or answers `nil` when it is empty, too long or has a character PHP does not allow.
    @inlinable
    public init?(_ bytes: some Collection<UInt8>) {
        guard Self.isValid(bytes) else { return nil }
        self.bytes = Array(bytes)
    }

    init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// Whether bytes can be an id.
    @inlinable
    public static func isValid(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.count <= maximumLength && bytes.allSatisfy(isAllowed)
    }

    @inlinable
    static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ","), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }
}

extension SessionID: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<session id>`.
    public var description: String { "<session id>" }
    /// Always `<session id>`.
    public var debugDescription: String { description }
    /// No children, so that `dump` and string interpolation of containers show nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
