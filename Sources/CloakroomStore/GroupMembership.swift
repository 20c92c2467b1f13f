// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// That a record is filed in a group.
public struct GroupMembership: Hashable, Comparable, Sendable {
    /// The group.
    public let group: SessionAddress
    /// The member.
    public let address: SessionAddress

    /// Joins the two.
    public init(group: SessionAddress, address: SessionAddress) {
        self.group = group
        self.address = address
    }

    /// By group, then by member.
    public static func < (left: GroupMembership, right: GroupMembership) -> Bool {
        (left.group, left.address) < (right.group, right.address)
    }
}
