// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// What is filed with a session: when it is due, its size, and its group, so that the size of all sessions can be had, and a
/// session taken out of its group, without looking at any record.
public struct ExpiryFiling: Hashable, Sendable {
    /// When the session is due.
    public let slot: ExpirySlot
    /// The size of the session's record, in whole KiB, so that few changes of it need another filing.
    public let kibibytes: UInt32
    /// The group that the session is a member of, or `nil`.
    public let group: SessionAddress?

    /// Files a record of so many KiB under a slot, in a group or in none.
    public init(slot: ExpirySlot, kibibytes: UInt32, group: SessionAddress? = nil) {
        self.slot = slot
        self.kibibytes = kibibytes
        self.group = group
    }
}

/// A session filed for expiry.
public struct ExpiryEntry: Hashable, Sendable {
    /// Whose entry it is.
    public let address: SessionAddress
    /// What it says.
    public let filing: ExpiryFiling
    /// When the session is due.
    public var slot: ExpirySlot { filing.slot }

    /// Files an address.
    public init(_ address: SessionAddress, _ filing: ExpiryFiling) {
        self.address = address
        self.filing = filing
    }
}
