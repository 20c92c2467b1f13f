// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore

/// What a client wants stored.
public struct SessionWrite: Sendable {
    /// The session.
    public var session: SessionReference
    /// The version that was read; 0 for a session that was absent.
    public var version: UInt64
    /// A random number by which a repeated write is known.
    public var token: UInt64
    /// Seconds until the session expires.
    public var lifetime: UInt32
    /// The contents.
    public var data: SessionData
    /// Whom the session belongs to from now on; `nil`: to whom it did before.
    public var identification: Identification?
    /// Whether the user has just logged in, maybe again: the time of the log-in begins anew.
    public var authenticated: Bool

    /// Joins the fields.
    public init(
        session: SessionReference,
        version: UInt64,
        token: UInt64,
        lifetime: UInt32,
        data: SessionData,
        identification: Identification? = nil,
        authenticated: Bool = false
    ) {
        self.session = session
        self.version = version
        self.token = token
        self.lifetime = lifetime
        self.data = data
        self.identification = identification
        self.authenticated = authenticated
    }
}
