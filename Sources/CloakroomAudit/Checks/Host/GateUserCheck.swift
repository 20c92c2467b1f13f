// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration

/// Whether the gate's user may do what the gate does, and no more: it takes what the network sends, so it is the first to be taken over.
struct GateUserCheck: AuditCheck {
    static let codes = ["gate-user", "gate-user-admitted", "gate-group-php"]
    private static let subject = "Cloakroom, gate"

    func findings(on host: AuditedHost) -> [Finding] {
        guard host.usesCloakroom else { return [] }
        return [shared(host)].compactMap(\.self) + admitted(host) + members(host)
    }

    /// The gate runs as somebody who may more.
    private func shared(_ host: AuditedHost) -> Finding? {
        guard let unit = host.cloakroom.gate.unit, let user = user(host) else { return nil }
        let others: String? =
            switch user {
            case 0: "a fault in it, or in libfcgi, opens the whole host"
            case host.accounts.user(host.cloakroom.user): "it can read the key and the store, as the daemon does"
            case _ where host.poolUsers.contains(user):
                "PHP runs as the same user, and the gate has whatever a site has"
            default: nil
            }
        guard let others else { return nil }
        return host.finding(
            "gate-user",
            .high,
            Self.subject,
            unit.location(of: "User"),
            "the gate runs as \(host.accounts.name(ofUser: user)): \(others)",
            "User=cloakroom-gate in \(GateInstallation.service)"
        )
    }

    /// The gate's own user is let in where contents are read, or sessions ended.
    private func admitted(_ host: AuditedHost) -> [Finding] {
        guard let user = user(host), user != 0, user != host.accounts.user(host.cloakroom.user),
            !host.poolUsers.contains(user)
        else { return [] }
        let configuration = host.cloakroom.configuration
        let users =
            configuration.server.users.map { ("server.users", $0) }
            + configuration.pools.flatMap { pool in pool.unixUsers.map { ("pools.\(pool.name).unix_users", $0) } }
        let groups =
            configuration.pools.flatMap { pool in pool.unixGroups.map { ("pools.\(pool.name).unix_groups", $0) } }
            + [
                ("the group of administrators", host.cloakroom.adminGroup),
                ("the group of PHP's socket", host.cloakroom.phpGroup),
            ]
        let places =
            users.filter { host.accounts.user($0.1) == user }
            + groups.filter { place in
                host.accounts.group(place.1).map { host.accounts.isMember(user, of: $0) } ?? false
            }
        let name = host.accounts.name(ofUser: user)
        return places.map { place, value in
            host.finding(
                "gate-user-admitted",
                .medium,
                Self.subject,
                FileLocation(place.contains(".") ? host.cloakroom.configurationFile : "/etc/group"),
                "\(name), the user of the gate, is let in by \(place) (\(value)): whatever takes over the gate can then do more than "
                    + "ask whether sessions are valid",
                "take \(name) out of it"
            )
        }
    }

    /// PHP's users are in the gate's group.
    private func members(_ host: AuditedHost) -> [Finding] {
        guard let group = host.accounts.group(host.cloakroom.gateGroup) else { return [] }
        let users = host.pools.compactMap { _, pool -> UInt32? in
            guard let user = host.accounts.user(pool.user), user != 0, user != self.user(host) else { return nil }
            return host.accounts.isMember(user, of: group) || host.accounts.group(pool.group) == group ? user : nil
        }
        return Set(users).sorted().map { member($0, of: group, host) }
    }

    private func member(_ user: UInt32, of group: UInt32, _ host: AuditedHost) -> Finding {
        let name = host.accounts.name(ofUser: user)
        let groupName = host.accounts.name(ofGroup: group)
        let isPHPs =
            host.accounts.mainGroup(of: user) == group
            || host.pools.contains { host.accounts.group($0.pool.group) == group }
        return host.finding(
            "gate-group-php",
            .low,
            Self.subject,
            isPHPs
                ? host.cloakroom.gate.daemonSocket.map { $0.location(of: "SocketGroup", in: "Socket") }
                : FileLocation("/etc/group"),
            "\(name) runs PHP and is in the group \(groupName): whatever takes over a site is let as far as the gate's socket, where "
                + "only the daemon's own check refuses it",
            isPHPs
                ? "a group that PHP does not have, such as cloakroom-gate, as SocketGroup= in cloakroomd-gate.socket and as server.gate_group"
                : "gpasswd -d \(name) \(groupName)"
        )
    }

    private func user(_ host: AuditedHost) -> UInt32? { host.accounts.user(host.cloakroom.gate.user) }
}
