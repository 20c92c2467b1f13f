// SPDX-License-Identifier: Apache-2.0

/// A version of the protocol in `docs/protocol.md`.
public struct ProtocolVersion: RawRepresentable, Hashable, Sendable {
    /// The version's number.
    public let rawValue: UInt16

    /// Takes a number, known or not.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The version that this daemon speaks.
    public static let current = ProtocolVersion(rawValue: 1)
}
