// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// Whether the daemon is there for those who are to use it, and is the one that is installed.
struct DaemonCheck: AuditCheck {
    static let codes = ["daemon-not-running", "daemon-silent", "daemon-version"]
    private static let subject = "Cloakroom, daemon"

    func findings(on host: AuditedHost) -> [Finding] {
        guard host.usesCloakroom else { return [] }
        return notRunning(host) + answer(host)
    }

    private func notRunning(_ host: AuditedHost) -> [Finding] {
        // Without that file it cannot be told. systemd listens in the daemon's place before the first request.
        guard let text = host.tree.text(of: "/proc/net/unix"), !Self.listens(host.cloakroom.phpSocketPath, text) else {
            return []
        }
        return [
            host.finding(
                "daemon-not-running",
                .medium,
                Self.subject,
                FileLocation(host.cloakroom.phpSocketPath),
                "Cloakroom is set up, and nobody listens on its socket: pools that use it have no sessions, and if none does, sessions "
                    + "are in plain text as before",
                "systemctl enable --now cloakroomd; journalctl -u cloakroomd says why it ended"
            )
        ]
    }

    /// proc(5): the fourth field has the bit of listening sockets (`__SO_ACCEPTCON`), the eighth is the path.
    private static func listens(_ path: String, _ text: String) -> Bool {
        text.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ", maxSplits: 7)
            return fields.count == 8 && fields[7] == path && (UInt32(fields[3], radix: 16) ?? 0) & 0x10000 != 0
        }
    }

    private func answer(_ host: AuditedHost) -> [Finding] {
        switch host.observed.daemon {
        // VisibilityCheck says so.
        case .notAsked, .notAllowed: []
        case .silent(let reason):
            [
                host.finding(
                    "daemon-silent",
                    .medium,
                    Self.subject,
                    FileLocation(host.cloakroom.adminSocketPath),
                    "the daemon runs and does not answer on its admin socket: \(reason)",
                    "systemctl status cloakroomd; journalctl -u cloakroomd"
                )
            ]
        case .running(let version) where version != ProductVersion.current:
            [
                host.finding(
                    "daemon-version",
                    .low,
                    Self.subject,
                    nil,
                    "cloakroomd \(version) is running, and \(ProductVersion.current) is installed: corrections of the new version are not "
                        + "in effect, and PHP's part may speak otherwise",
                    "systemctl restart cloakroomd (no request is lost), or install the same version of all parts"
                )
            ]
        case .running: []
        }
    }
}
