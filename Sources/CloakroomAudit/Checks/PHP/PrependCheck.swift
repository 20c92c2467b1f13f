// SPDX-License-Identifier: Apache-2.0

/// Whether Cloakroom's prepended file is configured where it should be, as far as files tell.
public struct PrependCheck: AuditCheck {
    static let missing = "prepend-not-configured"
    static let noFile = "prepend-file-missing"
    static let notFixed = "prepend-not-fixed"

    /// The codes of all findings that it can make.
    public static let codes = [missing, noFile, notFixed]

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        let sessions = SessionSettings.all(on: host)
        let isInUse = sessions.contains(where: \.isCloakroom) || CloakroomFiles.areThere(on: host)
        return sessions.compactMap { session in
            session.isCloakroom ? configured(session, host) : isInUse ? missing(session) : nil
        }
    }

    private func missing(_ session: SessionSettings) -> Finding? {
        guard session.usesFiles else { return nil }
        let other = session.settings.text("auto_prepend_file", default: "")
        return session.finding(
            Self.missing,
            .medium,
            "auto_prepend_file",
            "Cloakroom is installed, but this PHP does not read its prepended file: its sessions stay plain text.",
            write: CloakroomFiles.prepend,
            other.isEmpty ? "" : "\n; \(other) is read now: include it from a file that reads both."
        )
    }

    private func configured(_ session: SessionSettings, _ host: AuditedHost) -> Finding? {
        guard let file = session.prepend else { return nil }
        if !file.hasPrefix("/") { return nil }
        let chroot = session.runtime.pool?.chroot ?? ""
        let path = chroot.hasPrefix("/") ? chroot + file : file
        guard host.tree.target(of: path)?.status.kind == .file else {
            return session.finding(
                Self.noFile,
                .medium,
                at: session.settings.location(of: "auto_prepend_file"),
                "\(path) is not there: PHP ends every request with an error.",
                "Install Cloakroom's client for PHP there, or correct the line."
            )
        }
        guard session.settings["auto_prepend_file"]?.isFixed != true else { return nil }
        let line =
            session.settings.isPoolFile
            ? "" : "\n; in a pool of PHP-FPM, or in Apache: php_admin_value auto_prepend_file \(file)"
        return session.finding(
            Self.notFixed,
            .low,
            "auto_prepend_file",
            "Applications can replace the prepended file with a .user.ini or .htaccess, and have plain-text sessions again.",
            write: file,
            line
        )
    }
}
