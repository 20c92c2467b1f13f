// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStatus

/// Whether all is well, and what is not.
struct StatusSummary {
    private let status: GateStatus

    init(_ status: GateStatus) { self.status = status }

    /// In a few words.
    var title: String {
        guard let report = status.snapshot?.report else { return "the daemon does not answer" }
        let warnings = report.warnings.count { $0.severity == .warning }
        return switch warnings {
        case 0: "all is well"
        case 1: "1 thing wants attention"
        default: "\(warnings) things want attention"
        }
    }

    private var level: String {
        guard let report = status.snapshot?.report else { return "bad" }
        return report.isWell ? "good" : "warning"
    }

    /// The only part of the page that is read aloud when it changes.
    var markup: Markup {
        let title = title.prefix(1).uppercased() + title.dropFirst()
        return "<p id=\"summary\" class=\"\(level)\" role=\"status\">\(title)</p>"
    }

    /// What is to be done.
    var warnings: Markup {
        let items =
            switch status.daemon {
            case .away(let reason): [Self.item("bad", "Daemon", reason)]
            case .answers(let snapshot): snapshot.report.warnings.map(Self.item)
            }
        guard !items.isEmpty else { return "<section id=\"warnings\" hidden></section>" }
        return """
            <section id="warnings" aria-labelledby="warnings-title">
            <h2 id="warnings-title" class="unseen">What wants attention</h2>
            <ul>\(items)</ul>
            </section>
            """
    }

    private static func item(_ warning: StatusWarning) -> Markup {
        let title = warning.severity == .warning ? "Warning" : "Note"
        return item(warning.severity.rawValue, title, (warning.pool.map { "pool \($0): " } ?? "") + warning.message)
    }

    private static func item(_ level: String, _ title: String, _ message: String) -> Markup {
        "<li class=\"\(level)\"><strong>\(title)</strong> <bdi>\(message)</bdi></li>\n"
    }
}
