// SPDX-License-Identifier: Apache-2.0

/// Who may do what in the directories of session files.
public struct SavePathAccess: AuditCheck {
    static let missing = "save-path-missing"
    static let listable = "save-path-listable"
    static let notSticky = "save-path-not-sticky"
    static let foreignOwner = "save-path-foreign-owner"
    static let writeOnly = "save-path-write-only"
    static let fileMode = "session-file-mode"

    /// The codes of all findings that it can make.
    public static let codes = [missing, listable, notSticky, foreignOwner, writeOnly, fileMode]

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        SessionSettings.all(on: host).filter(\.usesFiles).flatMap { session in
            fileMode(session) + (session.directory.map { directory(session, $0, host) } ?? [])
        }
    }

    private func fileMode(_ session: SessionSettings) -> [Finding] {
        let mode = session.savePath.mode
        guard mode & 0o077 != 0 else { return [] }
        let path = session.savePath
        return [
            session.finding(
                Self.fileMode,
                mode & 0o007 != 0 ? .high : .medium,
                "session.save_path",
                "Session files get mode \(octal(mode)), so that \(mode & 0o007 != 0 ? "every local user" : "their group") may "
                    + "\(mode & 0o044 != 0 ? "read" : "change") them.",
                write: "\"\(path.depth);0600;\(path.directory)\""
            )
        ]
    }

    private func directory(_ session: SessionSettings, _ path: String, _ host: AuditedHost) -> [Finding] {
        guard let (real, status) = host.tree.target(of: path), status.kind == .directory else {
            return [
                finding(
                    session,
                    Self.missing,
                    .low,
                    path,
                    "It is not there, so no session can be opened.",
                    "install -d -m 1733 \(path)"
                )
            ]
        }
        var findings: [Finding] = []
        // What nobody else can reach, nobody else can list.
        let isReachable = isOpenToOthers(real, host)
        if isReachable, status.mode & 0o005 == 0o005 {
            findings.append(
                finding(
                    session,
                    Self.listable,
                    .high,
                    path,
                    "Its mode is \(octal(status.mode)): every local user can list it. The names of session files are the session "
                        + "ids, and with an id anybody goes on as its user.",
                    path == "/tmp" || path == "/var/tmp"
                        ? session.settings.line("session.save_path", "/var/lib/php/sessions") : "chmod o-r \(path)"
                )
            )
        }
        if isReachable, status.mode & 0o003 == 0o003, status.mode & 0o1000 == 0 {
            findings.append(
                finding(
                    session,
                    Self.notSticky,
                    .high,
                    path,
                    "Its mode is \(octal(status.mode)), without the sticky bit: every local user can remove and rename others' "
                        + "session files, and put their own in place.",
                    "chmod +t \(path)"
                )
            )
        }
        if let user = session.user, status.user != 0, status.user != user {
            findings.append(
                finding(
                    session,
                    Self.foreignOwner,
                    .medium,
                    path,
                    "It belongs to \(host.accounts.name(ofUser: status.user)), who is neither root nor the user that this PHP runs "
                        + "as, and who can list it and remove and replace sessions in it.",
                    "chown root \(path)"
                )
            )
        }
        if findings.isEmpty, status.mode & 0o1007 == 0o1003 { findings.append(explanation(session, path, status)) }
        return findings
    }

    private func explanation(_ session: SessionSettings, _ path: String, _ status: FileStatus) -> Finding {
        finding(
            session,
            Self.writeOnly,
            .info,
            path,
            "Its mode is \(octal(status.mode)) (drwx-wx-wt), Debian's default: nobody but root can list it, so session ids do not "
                + "leak by the names of files, and nobody can remove others' files. But each PHP user can read its own sessions by "
                + "name, all sites of one user those of each other, and root and backups read everything.",
            "Nothing need be done about the directory."
        )
    }

    private func isOpenToOthers(_ path: String, _ host: AuditedHost) -> Bool {
        var parent = ""
        for part in path.split(separator: "/").dropLast() {
            parent += "/" + part
            if let status = host.tree.status(of: parent), status.mode & 0o001 == 0 { return false }
        }
        return true
    }

    private func finding(
        _ session: SessionSettings,
        _ code: String,
        _ severity: Severity,
        _ path: String,
        _ reason: String,
        _ remedy: String
    ) -> Finding {
        session.finding(code, severity, at: FileLocation(path), reason, remedy)
    }
}
