// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration

/// Says what this program may not look at: what is not seen is not said to be well.
public struct VisibilityCheck: AuditCheck {
    /// Findings of these codes mean that the audit is not complete.
    public static let codes = ["not-seen"]

    /// The check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        let cloakroom = host.cloakroom
        let keys = cloakroom.keyFiles.map(\.path)
        let read = ["/etc/php", "/etc/passwd", "/etc/group", cloakroom.configurationFile] + keys
        let looked =
            read + [
                cloakroom.configuration.store.directory, "/var/lib/php/sessions", "/run/cloakroom",
                "/var/backups/cloakroom",
            ]
        return looked.compactMap { path in
            // Directories of sessions, as Debian has them, can be entered by all and listed by root only.
            host.tree.obstacle(at: path, toReading: true).map { reason in
                host.finding(
                    "not-seen",
                    .low,
                    "this audit",
                    FileLocation(path),
                    "it may not look at this (\(reason)): nothing is said about it, and not that all is well",
                    "run the audit as root (sudo cloakroomctl audit)"
                )
            }
        }
    }
}
