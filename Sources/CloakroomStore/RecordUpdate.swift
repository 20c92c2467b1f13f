// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// One atomic change to a session's record.
public struct RecordUpdate: Sendable {
    /// Whose record it is.
    public var address: SessionAddress
    /// The new sealed metadata.
    public var metadata: [UInt8]
    /// The new sealed body, or `nil` to leave the body as it is.
    public var body: [UInt8]?
    /// What was filed with the record before, if it was filed.
    public var previousExpiry: ExpiryFiling?
    /// What is filed with the record from now on.
    public var expiry: ExpiryFiling
    /// The group of an entry that stands where the new one is filed and is not ``previousExpiry``, as an unreadable record
    /// leaves one: the new entry takes its place, and its membership ends.
    public var orphanedGroup: SessionAddress?

    /// Describes a change.
    public init(
        address: SessionAddress,
        metadata: [UInt8],
        body: [UInt8]?,
        previousExpiry: ExpiryFiling?,
        expiry: ExpiryFiling,
        orphanedGroup: SessionAddress? = nil
    ) {
        self.address = address
        self.metadata = metadata
        self.body = body
        self.previousExpiry = previousExpiry
        self.expiry = expiry
        self.orphanedGroup = orphanedGroup
    }

    /// The groups that the session leaves with this change.
    public var groupsLeft: Set<SessionAddress> {
        var groups = Set([previousExpiry?.group, orphanedGroup].compactMap(\.self))
        if let group = expiry.group { groups.remove(group) }
        return groups
    }

    /// The group that the session joins with this change, or `nil`.
    public var groupJoined: SessionAddress? { expiry.group == previousExpiry?.group ? nil : expiry.group }
}
