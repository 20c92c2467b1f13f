// SPDX-License-Identifier: Apache-2.0

/// Directories of session files that pools of different users share.
public struct SharedSavePaths: AuditCheck {
    static let shared = "save-path-shared"
    /// The codes of all findings that it can make.
    public static let codes = [shared]

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        let pools = SessionSettings.all(on: host).filter { $0.usesFiles && $0.runtime.pool != nil && $0.user != nil }
        let places = Dictionary(grouping: pools) { session in
            session.directory.map { host.tree.target(of: $0)?.path ?? $0 } ?? ""
        }
        return places.sorted { $0.key < $1.key }.flatMap { path, sharing -> [Finding] in
            guard !path.isEmpty, Set(sharing.compactMap(\.user)).count > 1 else { return [] }
            let status = host.tree.target(of: path)?.status
            // With the sticky bit and without a list, PHP refuses files of other users (ext/session/mod_files.c).
            let isSafe = status.map { $0.mode & 0o1005 == 0o1001 } ?? false
            return sharing.map { finding($0, path, sharing, isSafe: isSafe) }
        }
    }

    private func finding(_ session: SessionSettings, _ path: String, _ all: [SessionSettings], isSafe: Bool) -> Finding
    {
        let others = all.compactMap(\.runtime.pool?.name).filter { $0 != session.runtime.pool?.name }.sorted()
        let pool = session.runtime.pool?.name ?? ""
        return session.finding(
            Self.shared,
            isSafe ? .low : .medium,
            at: session.settings.location(of: "session.save_path"),
            "\(path) also has the sessions of pools of other users (\(others.prefix(5).joined(separator: ", "))"
                + "\(others.count > 5 ? ", …" : "")). "
                + (isSafe
                    ? "They cannot read each other's files, but can take names and fill the file system."
                    : "They can list, remove or replace each other's files."),
            session.settings.line("session.save_path", "/var/lib/php/sessions-\(pool)")
                + "\n; after: install -d -m 0700 -o USER /var/lib/php/sessions-\(pool)"
        )
    }
}
