// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration

/// Whether a user of PHP is in the group of administrators.
struct AdminGroupCheck: AuditCheck {
    static let codes = ["admin-group-php"]

    func findings(on host: AuditedHost) -> [Finding] {
        let name = host.cloakroom.adminGroup
        guard host.usesCloakroom, let group = host.accounts.group(name) else { return [] }
        let users = host.poolUsers.filter { $0 != 0 && host.accounts.isMember($0, of: group) }
        return users.sorted().map(host.accounts.name(ofUser:)).map { user in
            host.finding(
                "admin-group-php",
                .low,
                "Cloakroom, administrators",
                FileLocation("/etc/group"),
                "\(user) runs PHP and is in the group \(name): whatever takes over a site is let as far as the admin "
                    + "socket, where only the daemon's own check refuses it",
                "gpasswd -d \(user) \(name)"
            )
        }
    }
}
