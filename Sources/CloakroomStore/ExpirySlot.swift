// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// The time under which a session is filed for expiry: its deadline, rounded up so that not every touch must move the
/// entry. The sweep reads slots in order and so never looks at a session before its slot has come.
public struct ExpirySlot: Hashable, Comparable, Sendable {
    /// The slot's time.
    public let time: UnixTime

    /// The slot at a time.
    public init(_ time: UnixTime) { self.time = time }

    /// How many seconds lie between two slots of sessions that live `lifetime` seconds.
    public static func grain(lifetime: UInt64) -> UInt64 { min(max(lifetime / 64, 1), 60) }

    /// The slot for a session that lives `lifetime` seconds and expires at `deadline`: rounded up to a sixty-fourth of
    /// the lifetime, at least one second and at most one minute.
    public init(deadline: UnixTime, lifetime: UInt64) {
        let grain = Self.grain(lifetime: lifetime)
        let remainder = deadline.seconds % grain
        time = remainder == 0 ? deadline : deadline.advanced(by: grain - remainder)
    }

    /// Earlier slots come first.
    public static func < (left: ExpirySlot, right: ExpirySlot) -> Bool { left.time < right.time }
}
