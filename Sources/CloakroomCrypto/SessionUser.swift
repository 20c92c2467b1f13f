// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// The user that a session belongs to.
public struct SessionUser: Hashable, Sendable {
    /// What the application calls the user.
    public let name: UserName
    /// The group of the user's sessions: a keyed hash of the name.
    public let group: SessionAddress
    /// Since when the session belongs to the user.
    public let identified: UnixTime

    /// Joins the fields.
    public init(name: UserName, group: SessionAddress, identified: UnixTime) {
        self.name = name
        self.group = group
        self.identified = identified
    }
}
