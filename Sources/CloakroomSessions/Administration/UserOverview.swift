// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// What administrators see of a user who has sessions.
public struct UserOverview: Hashable, Sendable {
    /// What the application calls the user.
    public let name: UserName
    /// How many sessions can be used.
    public let sessions: Int
    /// How many seconds ago one of them was used last.
    public let idle: UInt64
}
