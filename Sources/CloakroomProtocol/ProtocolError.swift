// SPDX-License-Identifier: Apache-2.0

/// Why a request is refused: what an ERROR answer carries.
public struct ProtocolError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reason, for programs.
    public let code: ErrorCode
    /// The reason, for people; never an id or contents.
    public let message: String

    /// Joins a code and its text.
    public init(_ code: ErrorCode, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Code and text.
    public var description: String { "\(message) (error \(code.rawValue))" }
}
