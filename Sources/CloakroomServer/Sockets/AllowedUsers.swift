// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The users who may talk to the daemon, by user id.
public struct AllowedUsers: Equatable, Sendable {
    /// Root, the daemon's own user, and those of `server.users`.
    public let ids: Set<UInt32>
    /// Default users that this system does not have.
    public let missing: [String]

    /// The users that a configuration means. A user of the default list that does not exist is left out, because a system
    /// without `www-data` runs PHP as somebody else; one that the configuration names must exist.
    ///
    /// - Throws: ``ConfigurationError`` when a named user does not exist.
    public init(_ configuration: Configuration) throws(ConfigurationError) {
        var ids: Set<UInt32> = [0, geteuid()]
        var missing: [String] = []
        for name in configuration.server.users {
            do throws(ConfigurationError) {
                ids.insert(try UserDirectory.userID(of: name, setting: "server.users"))
            } catch {
                guard !configuration.explicit.contains("server.users") else { throw error }
                missing.append(name)
            }
        }
        self.ids = ids
        self.missing = missing
    }

    /// Whether a user may talk to the daemon.
    public func contains(_ id: UInt32) -> Bool { ids.contains(id) }
}

extension UnixSocketListener.Access {
    /// Owner, group and permissions of the configured socket.
    ///
    /// - Throws: ``ConfigurationError`` when the owner or the group does not exist.
    public init(_ server: Configuration.Server) throws(ConfigurationError) {
        self.init(
            owner: server.socketOwner.isEmpty
                ? nil : try UserDirectory.userID(of: server.socketOwner, setting: "server.socket_owner"),
            group: server.socketGroup.isEmpty
                ? nil : try UserDirectory.groupID(of: server.socketGroup, setting: "server.socket_group"),
            mode: server.socketMode
        )
    }
}
