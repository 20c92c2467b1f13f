// SPDX-License-Identifier: Apache-2.0

public import CloakroomSystem
public import CloakroomConfiguration

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
