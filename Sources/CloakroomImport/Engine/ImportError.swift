// SPDX-License-Identifier: Apache-2.0

/// Why sessions cannot be read at all.
public struct ImportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was wrong and what to do.
    public let message: String

    /// Describes a failure.
    public init(_ message: String) { self.message = message }

    /// The message.
    public var description: String { message }
}
