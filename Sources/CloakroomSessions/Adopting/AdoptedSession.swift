// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// A session as another handler kept it.
public struct AdoptedSession: Hashable, Sendable {
    /// The contents.
    public var data: SessionData
    /// When it was made; a time after ``lastSeen`` counts as that.
    public var created: UnixTime
    /// When it was used last; a time to come counts as now.
    public var lastSeen: UnixTime
    /// Seconds that it lives after that: PHP's `session.gc_maxlifetime`. The pool's rules may say otherwise.
    public var lifetime: UInt32

    /// Joins the fields.
    public init(data: SessionData, created: UnixTime, lastSeen: UnixTime, lifetime: UInt32) {
        self.data = data
        self.created = created
        self.lastSeen = lastSeen
        self.lifetime = lifetime
    }
}
