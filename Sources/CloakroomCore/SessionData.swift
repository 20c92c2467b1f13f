// SPDX-License-Identifier: Apache-2.0

/// The contents of a session as PHP serialised them: bytes, whatever they are. They do not print themselves.
public struct SessionData: Hashable, Sendable {
    /// The bytes.
    public let bytes: [UInt8]

    /// Wraps bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The number of bytes.
    public var count: Int { bytes.count }
}

extension SessionData: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Only the size.
    public var description: String { "<\(count) bytes of session data>" }
    /// Only the size.
    public var debugDescription: String { description }
    /// No children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
