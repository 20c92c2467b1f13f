// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// A lock that is held, for an operator who asks who blocks whom.
public struct LockReport: Sendable {
    /// The session; it is shown by its tag.
    public let address: SessionAddress
    /// Who holds the lock.
    public let holder: LockHolder
    /// Who waits for it, in the order in which they will be served.
    public let waiters: [LockWaiter]
}
