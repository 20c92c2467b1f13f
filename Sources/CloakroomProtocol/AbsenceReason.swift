// SPDX-License-Identifier: Apache-2.0

/// Why a session is ABSENT (`docs/protocol.md`).
public struct AbsenceReason: RawRepresentable, Hashable, Sendable {
    /// The reason's number.
    public let rawValue: UInt8

    /// Takes a number, known or not.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// There is no such session.
    public static let unknown = AbsenceReason(rawValue: 0)
    /// It has expired.
    public static let expired = AbsenceReason(rawValue: 1)
    /// It was destroyed while the request waited for its lock.
    public static let destroyed = AbsenceReason(rawValue: 2)
    /// Its record does not authenticate.
    public static let unreadable = AbsenceReason(rawValue: 3)
}
