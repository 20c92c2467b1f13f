// SPDX-License-Identifier: Apache-2.0

/// What an application calls a user: 1 to 255 bytes, whatever they are. It does not print itself, as it may be somebody's
/// address.
public struct UserName: Hashable, Sendable {
    /// The greatest number of bytes in a name; it is written with a one-byte length.
    public static let maximumLength = 255

    /// The name's bytes.
    public let bytes: [UInt8]

    /// Takes a name, or answers `nil` when it is empty or too long.
    public init?(_ bytes: some Collection<UInt8>) {
        guard (1...Self.maximumLength).contains(bytes.count) else { return nil }
        self.bytes = Array(bytes)
    }
}

extension UserName: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Not the name.
    public var description: String { "<user name>" }
    /// Not the name.
    public var debugDescription: String { description }
    /// No children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Whom a session belongs to from now on.
public enum Identification: Hashable, Sendable {
    /// To nobody any more.
    case nobody
    /// To a user.
    case user(UserName)
}
