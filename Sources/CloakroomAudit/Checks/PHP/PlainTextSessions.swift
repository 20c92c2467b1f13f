// SPDX-License-Identifier: Apache-2.0

/// Runtimes whose sessions are files in plain text.
public struct PlainTextSessions: AuditCheck {
    static let plainText = "sessions-in-plain-text"
    /// The codes of all findings that it can make.
    public static let codes = [plainText]

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        SessionSettings.all(on: host).filter(\.usesFiles).map { session in
            session.finding(
                Self.plainText,
                .medium,
                at: session.settings.location(of: "session.save_handler"),
                "PHP keeps sessions as plain-text files in \(session.savePath.directory). Whoever reads the disk, a backup or a "
                    + "snapshot, and every script that runs as the same user and knows a name, has what is in them and can go "
                    + "on as those users.",
                session.settings.line("auto_prepend_file", CloakroomFiles.prepend)
            )
        }
    }
}
