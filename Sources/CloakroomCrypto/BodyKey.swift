// SPDX-License-Identifier: Apache-2.0

/// The key that seals the body of one session. It comes from the data key and from the session's name and id.
public struct BodyKey: Sendable {
    let bytes: SecureBytes
}

extension BodyKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<body key>`.
    public var description: String { "<body key>" }
    /// Always `<body key>`.
    public var debugDescription: String { description }
    /// No children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
