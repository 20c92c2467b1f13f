// SPDX-License-Identifier: Apache-2.0

/// Who can ask the gate in the place of the web server.
struct GateListenCheck: AuditCheck {
    static let codes = ["gate-open", "gate-listens-on-network", "gate-listens-on-port"]
    private static let subject = "Cloakroom, gate"

    func findings(on host: AuditedHost) -> [Finding] {
        host.cloakroom.gate.listeners.compactMap { entry in
            entry.value.hasPrefix("/") ? socket(entry, host) : port(entry, host)
        }
    }

    private func socket(_ entry: UnitFile.Entry, _ host: AuditedHost) -> Finding? {
        guard let status = host.tree.status(of: entry.value), status.kind == .socket else { return nil }
        // Who is in the group is told by name: it should be the web server.
        guard status.mode & 0o002 != 0 else { return nil }
        return host.finding(
            "gate-open",
            .medium,
            Self.subject,
            FileLocation(entry.value),
            "every user of this host can connect to the gate (mode \(status.modeText)) in the place of the web server: see the status "
                + "page, and try ids under any address",
            "SocketMode=0660 and the web server's group as SocketGroup= in cloakroom-fcgi.socket"
        )
    }

    private func port(_ entry: UnitFile.Entry, _ host: AuditedHost) -> Finding? {
        guard Self.isLoopback(entry.value) else {
            return host.finding(
                "gate-listens-on-network",
                .high,
                Self.subject,
                entry.location,
                "systemd listens for the gate on \(entry.value), where other machines can connect (FastCGI has no log-in): whoever can "
                    + "reach it tries ids under any address",
                "ListenStream=127.0.0.1:9402"
            )
        }
        return host.finding(
            "gate-listens-on-port",
            .info,
            Self.subject,
            entry.location,
            "the gate listens on \(entry.value), as Apache needs it: every user of this host can connect and try ids under any "
                + "address; the status page is not shown there",
            "systemctl disable --now cloakroom-fcgi-tcp.socket && systemctl restart cloakroom-fcgi, if no Apache asks there"
        )
    }

    /// systemd.socket(5): an address with a port; a port alone is on all addresses.
    private static func isLoopback(_ listen: String) -> Bool {
        listen.hasPrefix("127.") || listen.hasPrefix("[::1]:")
    }
}
