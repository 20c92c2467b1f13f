// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration

/// Whether the users who may use PHP's socket are those that PHP runs as.
struct AdmittedUsersCheck: AuditCheck {
    static let codes = ["admitted-person", "admitted-root", "pool-user-refused"]
    private static let subject = "Cloakroom, users"

    func findings(on host: AuditedHost) -> [Finding] {
        guard host.usesCloakroom, host.cloakroom.configurationProblem == nil else { return [] }
        return admitted(host).flatMap { check($0.text, $0.setting, host) } + refused(host)
    }

    private func admitted(_ host: AuditedHost) -> [(text: String, setting: String)] {
        let configuration = host.cloakroom.configuration
        return configuration.server.users.map { ($0, "server.users") }
            + configuration.pools.flatMap { pool in pool.unixUsers.map { ($0, "pools.\(pool.name).unix_users") } }
    }

    private func check(_ text: String, _ setting: String, _ host: AuditedHost) -> [Finding] {
        guard let user = host.accounts.user(text) else { return [] }
        let place = FileLocation(host.cloakroom.configurationFile)
        if user == 0 {
            return [
                host.finding(
                    "admitted-root",
                    .low,
                    Self.subject,
                    place,
                    "\(setting) names root, who may connect anyway: it looks as if PHP ran as root",
                    "take root out of \(setting)"
                )
            ]
        }
        guard let shell = host.accounts.loginShell(of: user), !host.poolUsers.contains(user) else { return [] }
        let name = host.accounts.name(ofUser: user)
        return [
            host.finding(
                "admitted-person",
                .medium,
                Self.subject,
                place,
                "\(setting) admits \(name), who can log in (\(shell)) and runs no pool of PHP-FPM: that person can make, "
                    + "change and destroy any session whose id he knows, and try ids",
                "take \(name) out of \(setting)"
            )
        ]
    }

    private func refused(_ host: AuditedHost) -> [Finding] {
        host.pools.filter { host.isPrepended($0.runtime) }.compactMap { runtime, pool in
            guard let user = host.accounts.user(pool.user), user != 0, !isAdmitted(user, host) else { return nil }
            let name = host.accounts.name(ofUser: user)
            return host.finding(
                "pool-user-refused",
                .medium,
                runtime.name,
                pool.location,
                "the pool keeps its sessions in Cloakroom and runs as \(name), whom the daemon admits to no pool: it has no sessions",
                "users = [\"\(name)\"] in [server] of \(host.cloakroom.configurationFile), or a section [pools.NAME] with "
                    + "unix_users = [\"\(name)\"]"
            )
        }
    }

    private func isAdmitted(_ user: UInt32, _ host: AuditedHost) -> Bool {
        if user == host.accounts.user(host.cloakroom.user)
            || admitted(host).contains(where: { host.accounts.user($0.text) == user })
        {
            return true
        }
        return host.cloakroom.configuration.pools.flatMap(\.unixGroups).contains { name in
            host.accounts.group(name).map { host.accounts.isMember(user, of: $0) } ?? false
        }
    }
}
