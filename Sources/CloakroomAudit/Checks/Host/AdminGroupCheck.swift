// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration

/// Whether a user of PHP is in the group of administrators.
struct AdminGroupCheck: AuditCheck {
    static let codes = ["admin-group-php"]

    func findings(on host: AuditedHost) -> [Finding] {
        guard host.usesCloakroom, let group = host.accounts.group(name(host)) else { return [] }
        let users = host.accounts.users.filter { user in
            user.id != 0 && host.poolUsers.contains(user.id) && host.accounts.isMember(user, of: group)
        }
        return users.map { user in
            host.finding(
                "admin-group-php",
                .low,
                "Cloakroom, administrators",
                FileLocation("/etc/group"),
                "\(user.name) runs PHP and is in the group \(group.name): whatever takes over a site is let as far as the admin "
                    + "socket, where only the daemon's own check refuses it",
                "gpasswd -d \(user.name) \(group.name)"
            )
        }
    }

    private func name(_ host: AuditedHost) -> String {
        let configured = host.cloakroom.configuration.server.adminGroup
        guard configured.isEmpty else { return configured }
        return host.cloakroom.adminSocket?.last("SocketGroup", in: "Socket")?.value ?? "cloakroom-admin"
    }
}
