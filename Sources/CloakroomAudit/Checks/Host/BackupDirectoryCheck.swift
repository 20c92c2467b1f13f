// SPDX-License-Identifier: Apache-2.0

/// Who can read backups of the store.
struct BackupDirectoryCheck: AuditCheck {
    static let codes = ["backup-readable", "backup-in-web-root"]
    private static let subject = "Cloakroom, backups"
    private static let directory = "/var/backups/cloakroom"

    func findings(on host: AuditedHost) -> [Finding] {
        guard let (path, status) = host.tree.target(of: Self.directory), status.kind == .directory else { return [] }
        let readable = host.others(4, status).map { who in
            host.finding(
                "backup-readable",
                .medium,
                Self.subject,
                FileLocation(path),
                "\(who) can read backups of the store (mode \(status.modeText)): they are ciphertext, which can be kept until a key "
                    + "leaks, and show how many sessions there are",
                "chmod 700 \(path)"
            )
        }
        let published = host.web.root(of: path).map {
            host.finding(
                "backup-in-web-root",
                .high,
                Self.subject,
                FileLocation(path),
                "backups of the store are in \($0), whose files a web server hands out",
                "move them out of \($0)"
            )
        }
        return [readable, published].compactMap(\.self)
    }
}
