// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration

/// Who can connect to the daemon's sockets, and who can put another in their place.
struct SocketCheck: AuditCheck {
    static let codes = ["socket-open", "socket-owner", "socket-replaceable", "admin-socket-open", "gate-socket-open"]

    func findings(on host: AuditedHost) -> [Finding] {
        let cloakroom = host.cloakroom
        let php = paths(of: cloakroom.phpSocketPath, cloakroom.configuration.pools.map(\.socket))
        let harm = "PHP would send it every session id and all contents"
        return php.flatMap { socket($0, "Cloakroom, socket for PHP", harm, host) + open($0, host) }
            + socket(cloakroom.adminSocketPath, "Cloakroom, admin socket", "cloakroomctl would send it keys", host)
            + adminOpen(cloakroom.adminSocketPath, host)
            + socket(cloakroom.gateSocketPath, "Cloakroom, socket for the gate", Self.forgedAnswers, host)
            + gateOpen(cloakroom.gateSocketPath, host)
            + cloakroom.gate.socketPaths.flatMap { socket($0, "Cloakroom, gate", Self.forgedAnswers, host) }
    }

    private static let forgedAnswers = "it would be sent every session id, and say that all are valid"

    private func paths(of first: String, _ others: [String]) -> [String] {
        ([first] + others).filter { !$0.isEmpty }
    }

    private func status(_ path: String, _ host: AuditedHost) -> FileStatus? {
        host.tree.status(of: path).flatMap { $0.kind == .socket ? $0 : nil }
    }

    private func socket(_ path: String, _ subject: String, _ harm: String, _ host: AuditedHost) -> [Finding] {
        guard let status = status(path, host) else { return [] }
        let owner =
            host.trusted.contains(status.user)
            ? nil
            : host.finding(
                "socket-owner",
                .high,
                subject,
                FileLocation(path),
                "the socket belongs to \(host.accounts.name(ofUser: status.user)): either something else than the daemon listens here, or "
                    + "this user can decide who connects",
                "stop what listens there (ss -xlp), then: systemctl restart cloakroomd.socket cloakroomd-admin.socket cloakroomd-gate.socket cloakroomd"
            )
        let directory = host.replaceableBelow(path).map { place in
            host.finding(
                "socket-replaceable",
                .high,
                subject,
                FileLocation(place.directory),
                "\(place.who) can put a socket in the place of \(path) (owner \(host.accounts.name(ofUser: place.status.user)), mode "
                    + "\(place.status.modeText)): \(harm)",
                "chown root:root \(place.directory) && chmod go-w \(place.directory)"
            )
        }
        return [owner, directory].compactMap(\.self)
    }

    private func open(_ path: String, _ host: AuditedHost) -> [Finding] {
        guard let status = status(path, host), status.mode & 0o002 != 0 else { return [] }
        return [
            host.finding(
                "socket-open",
                .info,
                "Cloakroom, socket for PHP",
                FileLocation(path),
                "every user of this host can connect (mode \(status.modeText)); the daemon still refuses those who belong to no pool",
                "SocketMode=0660 and a SocketGroup= that all users of pools are in, in cloakroomd.socket"
            )
        ]
    }

    private func adminOpen(_ path: String, _ host: AuditedHost) -> [Finding] {
        guard let status = status(path, host), status.mode & 0o002 != 0 else { return [] }
        return [
            host.finding(
                "admin-socket-open",
                .medium,
                "Cloakroom, admin socket",
                FileLocation(path),
                "every user of this host can connect to the admin socket (mode \(status.modeText)), and only the daemon's own check "
                    + "of the group keeps them from ending sessions",
                "SocketMode=0660 in cloakroomd-admin.socket"
            )
        ]
    }

    private func gateOpen(_ path: String, _ host: AuditedHost) -> [Finding] {
        guard let status = status(path, host), status.mode & 0o002 != 0 else { return [] }
        return [
            host.finding(
                "gate-socket-open",
                .medium,
                "Cloakroom, socket for the gate",
                FileLocation(path),
                "every user of this host can connect to the gate's socket (mode \(status.modeText)), and only the daemon's own check "
                    + "of the group keeps them from trying ids under any address",
                "SocketMode=0660 in cloakroomd-gate.socket"
            )
        ]
    }
}
