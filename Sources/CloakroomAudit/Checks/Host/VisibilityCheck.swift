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
        let files = looked.compactMap { path in
            host.tree.obstacle(at: path, toReading: true).map { finding(FileLocation(path), "look at this (\($0))") }
        }
        let daemon =
            host.observed.daemon == .notAllowed
            ? [finding(FileLocation(cloakroom.adminSocketPath), "ask the daemon on this socket")] : []
        let pools = host.observed.pools.filter { $0.outcome == .notAllowed }.compactMap(\.runtime.pool)
        return files + daemon + pools.map { finding(FileLocation($0.listen), "ask the pool \($0.name) on this socket") }
    }

    private func finding(_ location: FileLocation, _ what: String) -> Finding {
        Finding(
            code: "not-seen",
            severity: .low,
            subject: "this audit",
            location: location,
            reason: "it may not \(what): nothing is said about it, and not that all is well",
            remedy: "run the audit as root (sudo cloakroomctl audit)"
        )
    }
}
