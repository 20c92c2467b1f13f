// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration

/// A socket that is not PHP's, and that those whom PHP's socket admits may never use.
public enum RestrictedSocket: Sendable {
    /// The one for `cloakroomctl`.
    case admin
    /// The one for the gate in front of PHP.
    case gate
}

extension RestrictedSocket {
    /// What it is called in messages.
    var title: String {
        switch self {
        case .admin: "the admin socket"
        case .gate: "the gate's socket"
        }
    }

    /// The program that connects to it.
    var program: String {
        switch self {
        case .admin: "cloakroomctl"
        case .gate: "cloakroom-fcgi"
        }
    }

    /// The settings of it, by name.
    var settings: (socket: String, group: String) {
        switch self {
        case .admin: ("server.admin_socket", "server.admin_group")
        case .gate: ("server.gate_socket", "server.gate_group")
        }
    }

    /// The configured group; empty: none.
    func group(in server: Configuration.Server) -> String {
        switch self {
        case .admin: server.adminGroup
        case .gate: server.gateGroup
        }
    }

    /// Where the daemon makes it.
    func path(in server: Configuration.Server) -> String {
        switch self {
        case .admin: server.adminSocketPath
        case .gate: server.gateSocketPath
        }
    }

    /// Whether the configuration says where it is.
    func isNamed(in server: Configuration.Server) -> Bool {
        switch self {
        case .admin: !server.adminSocket.isEmpty
        case .gate: !server.gateSocket.isEmpty
        }
    }

    /// What somebody can do who may not use it.
    func advice(group: UInt32?) -> String {
        switch self {
        case .admin:
            "run cloakroomctl as root (sudo)" + (group.map { ", or join group \($0) and log in anew" } ?? "")
        case .gate:
            "run cloakroom-fcgi as root or as the daemon's user"
                + (group.map { ", or as one in group \($0) (Group= of its unit)" } ?? "")
        }
    }
}
