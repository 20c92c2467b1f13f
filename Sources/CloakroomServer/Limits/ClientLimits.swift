// SPDX-License-Identifier: Apache-2.0

public import CloakroomConfiguration

/// What clients may take of the daemon: section `[limits]`, as far as it is about connections.
public struct ClientLimits: Equatable, Sendable {
    /// A request or an answer up to this size, in bytes, is not counted against ``bytesInFlightPerUser``: it is no more
    /// than a connection's receive buffer.
    static let smallMessage = 16 << 10

    /// The greatest number of connections.
    public var connections: Int
    /// The greatest number of connections of one user.
    public var connectionsPerUser: Int
    /// The number of bytes of answers that one client may leave unread before its next request is looked at.
    public var bytesInFlight: Int
    /// The greatest number of bytes of large requests and answers that are held for the clients of one user.
    public var bytesInFlightPerUser: Int

    /// The configured limits, with no more connections than the process has descriptors for; a user's share of them is
    /// then smaller, too.
    ///
    /// - Parameter descriptors: the number of descriptors that are there for connections.
    public init(_ limits: Configuration.Limits, descriptors: Int) {
        connections = max(1, min(limits.connections, descriptors))
        let share = min(limits.connectionsPerUser, limits.connections)
        connectionsPerUser = max(1, share * connections / limits.connections)
        bytesInFlight = limits.bytesInFlight
        bytesInFlightPerUser = limits.bytesInFlightPerUser
    }
}
