// SPDX-License-Identifier: Apache-2.0

/// Session files that lie there now. Neither names nor contents are told.
public struct SessionFiles: AuditCheck {
    static let left = "session-files-left"
    static let readable = "session-files-readable"
    static let present = "session-files-present"
    static let stale = "session-files-stale"

    /// The codes of all findings that it can make.
    public static let codes = [left, readable, present, stale]

    /// As many as are looked at in one directory.
    private static let mostFiles = 200_000
    private static let usual = ["/var/lib/php/sessions", "/var/lib/php/session", "/var/lib/php5/sessions"]

    private let now: Int

    /// Makes the check.
    ///
    /// - Parameter now: unix time in seconds.
    public init(now: Int = UnixClock.now()) { self.now = now }

    private struct Census {
        var count = 0
        var oldest = Int.max
        var forAll = 0
        var forGroup = 0
        var visited = 0
    }

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        let sessions = SessionSettings.all(on: host)
        let used = sessions.filter(\.usesFiles)
        var owners: [String: [SessionSettings]] = [:]
        for session in used {
            guard let path = session.directory else { continue }
            owners[host.tree.target(of: path)?.path ?? path, default: []].append(session)
        }
        for path in Self.usual where !sessions.isEmpty {
            if let real = host.tree.target(of: path)?.path, owners[real] == nil { owners[real] = [] }
        }
        return owners.sorted { $0.key < $1.key }.flatMap { findings($0.key, $0.value, host) }
    }

    private func findings(_ path: String, _ users: [SessionSettings], _ host: AuditedHost) -> [Finding] {
        var census = Census()
        let depth = users.map(\.savePath.depth).max() ?? 0
        count(path, depth: depth, host.tree, &census)
        guard census.count > 0 else { return [] }
        let age = Self.age(max(0, now - census.oldest))
        let count = "\(census.count)\(census.visited >= Self.mostFiles ? " or more" : "") plain-text session files"
        func finding(_ code: String, _ severity: Severity, _ reason: String, _ remedy: String) -> Finding {
            let subject =
                users.isEmpty ? "Session files" : users.map(\.runtime.name).sorted().prefix(3).joined(separator: "; ")
            return Finding(
                code: code,
                severity: severity,
                subject: subject,
                location: FileLocation(path),
                reason: reason,
                remedy: remedy
            )
        }
        var findings: [Finding] = []
        if users.isEmpty {
            findings.append(
                finding(
                    Self.left,
                    .low,
                    "\(count) lie there, the oldest unchanged for \(age), though no PHP is configured to use them: they still hold "
                        + "what users had in their sessions.",
                    "find \(path) -name 'sess_*' -type f -delete"
                )
            )
        } else {
            findings.append(
                finding(
                    Self.present,
                    .info,
                    "\(count) lie there, the oldest unchanged for \(age). Root, backups and the user that wrote them can read them.",
                    "See \(PlainTextSessions.plainText)."
                )
            )
        }
        if census.forAll + census.forGroup > 0 {
            findings.append(
                finding(
                    Self.readable,
                    census.forAll > 0 ? .high : .medium,
                    "Of \(count), \(census.forAll) may be read by every local user and \(census.forGroup) by their group.",
                    "find \(path) -name 'sess_*' -type f -exec chmod 600 {} +"
                )
            )
        }
        let lifetime = users.map { $0.number("session.gc_maxlifetime") }.max() ?? .max
        // Debian's timer runs each half hour; a day more than that is no longer chance.
        if !users.isEmpty, now - census.oldest > max(lifetime, 0) &+ 86_400, lifetime < Int.max / 2 {
            findings.append(
                finding(
                    Self.stale,
                    .medium,
                    "The oldest session file has been unchanged for \(age), though sessions should end after \(lifetime) s: nothing "
                        + "removes them, and PHP's files handler takes an old session as well as a new one.",
                    "systemctl enable --now phpsessionclean.timer"
                )
            )
        }
        return findings
    }

    private func count(_ path: String, depth: Int, _ tree: HostTree, _ census: inout Census) {
        for name in tree.names(in: path) ?? [] {
            census.visited += 1
            if census.visited > Self.mostFiles { return }
            let file = path + "/" + name
            if depth > 0, name.utf8.count == 1 { count(file, depth: depth - 1, tree, &census) }
            guard name.hasPrefix("sess_"), let status = tree.status(of: file), status.kind == .file else { continue }
            census.count += 1
            census.oldest = min(census.oldest, status.modified)
            if status.mode & 0o004 != 0 { census.forAll += 1 } else if status.mode & 0o040 != 0 { census.forGroup += 1 }
        }
    }

    private static func age(_ seconds: Int) -> String {
        switch seconds {
        case ..<7200: "\(seconds / 60) minutes"
        case ..<172_800: "\(seconds / 3600) hours"
        default: "\(seconds / 86_400) days"
        }
    }
}
