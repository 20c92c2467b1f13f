// SPDX-License-Identifier: Apache-2.0

/// Why a session is ABSENT (`docs/protocol.md`).
public struct AbsenceReason: RawRepresentable, Hashable, Sendable {
    /// The reason's number.
    public let rawValue: UInt8

    /// Takes a number, known or not.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// There is no such session.
    public static let unknown = AbsenceReason(rawValue: 0)
    /// It was not used for longer than it may be.
    public static let expired = AbsenceReason(rawValue: 1)
    /// It was destroyed: while the request waited for its lock, or before, in a pool that reads through.
    public static let destroyed = AbsenceReason(rawValue: 2)
    /// Its record does not authenticate.
    public static let unreadable = AbsenceReason(rawValue: 3)
    /// It has lived for as long as a session may.
    public static let tooOld = AbsenceReason(rawValue: 4)
    /// It belongs to a browser at another address. The connection does not hold its lock.
    public static let otherAddress = AbsenceReason(rawValue: 5)
    /// It belongs to another browser. The connection does not hold its lock.
    public static let otherAgent = AbsenceReason(rawValue: 6)
    /// Its id was replaced by another, and can no longer be used.
    public static let replaced = AbsenceReason(rawValue: 7)
}
