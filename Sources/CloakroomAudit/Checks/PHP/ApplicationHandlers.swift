// SPDX-License-Identifier: Apache-2.0

/// Applications that keep sessions in their own way.
public struct ApplicationHandlers: AuditCheck {
    static let handler = "application-save-handler"
    static let known = "application-own-sessions"
    static let incomplete = "application-search-incomplete"

    /// The codes of all findings that it can make.
    public static let codes = [handler, known, incomplete]

    /// As many files as are told of.
    private static let mostFindings = 50

    /// Makes the check.
    public init() {}

    /// What it finds.
    public func findings(on host: AuditedHost) -> [Finding] {
        let sessions = SessionSettings.all(on: host)
        guard !sessions.isEmpty else { return [] }
        let search = DocumentSearch.shared(for: host)
        let severity: Severity = sessions.contains(where: \.isCloakroom) ? .low : .info
        var findings = search.handlers.prefix(Self.mostFindings).map { finding($0, severity) }
        findings += search.applications.map(finding)
        let rest = search.handlers.count - Self.mostFindings
        if search.isIncomplete || rest > 0 {
            findings.append(
                Finding(
                    code: Self.incomplete,
                    severity: .info,
                    subject: "Applications",
                    location: search.stopped.map { FileLocation($0) } ?? search.handlers.last?.location,
                    reason: search.isIncomplete
                        ? "The search stopped at its limit of \(DocumentSearch.mostFiles) files, "
                            + "\(DocumentSearch.mostBytes >> 20) MiB or \(DocumentSearch.mostSeconds) s: applications after this place "
                            + "were not looked at."
                        : "\(rest) more files set a save handler or path.",
                    remedy:
                        "Search for them: grep -rnE 'session_set_save_handler|session\\.save_(handler|path)' DIRECTORY"
                )
            )
        }
        return findings
    }

    private func finding(_ place: DocumentSearch.Handler, _ severity: Severity) -> Finding {
        Finding(
            code: Self.handler,
            severity: severity,
            subject: "An application",
            location: place.location,
            reason:
                "It calls \(place.call), with which it keeps its sessions as it likes, in plain text or not: neither PHP's "
                + "settings nor Cloakroom hold for them.",
            remedy:
                "Configure the application to use PHP's own handler; php-client/README.md of Cloakroom has examples."
        )
    }

    private func finding(_ application: DocumentSearch.Application) -> Finding {
        Finding(
            code: Self.known,
            severity: .info,
            subject: application.name,
            location: FileLocation(application.directory),
            reason:
                "\(application.name) keeps sessions of its own (\(application.place)), for which PHP's session settings and Cloakroom "
                + "do not hold.",
            remedy: "Look at its own settings for sessions."
        )
    }
}
