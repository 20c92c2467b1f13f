// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomAudit

/// What is shown of an audit.
struct AuditReport {
    let result: AuditResult
    /// The least severity that is shown.
    let least: Severity
    /// The least severity that makes the command fail.
    let failing: Severity

    /// What the command ends with.
    var status: Int32 {
        if result.findings.contains(where: { $0.severity >= failing }) { return Failure.Status.failed.rawValue }
        return result.isIncomplete ? Failure.Status.unreachable.rawValue : 0
    }

    /// A line for each finding, and one for the summary.
    func printJSON() throws {
        for finding in result.findings where finding.severity >= least { try Output.json(finding) }
        try Output.json(["summary": AuditSummary(result, failing: failing, status: status)])
    }

    /// For people: by severity, the worst first.
    func print(columns: Int) {
        let text = Paragraph(columns: columns)
        var severity: Severity?
        for finding in result.joined where finding.first.severity >= least {
            if finding.first.severity != severity {
                severity = finding.first.severity
                Output.line(finding.first.severity.rawValue.uppercased())
                Output.line("")
            }
            text.print(finding.subject + ": " + finding.first.code, indent: 2)
            for location in finding.locations { Output.line("    at " + PlainText.visible("\(location)")) }
            text.print(Self.sentence(finding.first.reason), indent: 4)
            Output.line("    What to do:")
            for line in finding.first.remedy.split(separator: "\n") { text.print(line, indent: 6) }
            Output.line("")
        }
        text.print(summary, indent: 0)
    }

    private static func sentence(_ text: String) -> String { text.hasSuffix(".") ? text : text + "." }

    private var summary: String {
        let counts = Severity.allCases.reversed().map { (severity: $0, count: result.count(of: $0)) }.filter {
            $0.count > 0
        }
        let found =
            counts.isEmpty
            ? "Nothing was found"
            : "Found: " + counts.map { "\($0.count) \($0.severity.rawValue)" }.joined(separator: ", ")
        let hidden = result.findings.count { $0.severity < least }
        let looked =
            "\(HumanText.count(result.pools.count, "pool")) of PHP-FPM \(result.pools.count == 1 ? "was" : "were") looked at."
        return found + (hidden > 0 ? " (\(hidden) below \(least.rawValue) not shown). " : ". ") + looked
            + (result.isIncomplete ? " This user may not look at everything: run it as root." : "")
    }
}

/// The last line of the JSON output.
private struct AuditSummary: Encodable {
    let counts: [String: Int]
    let pools: [String]
    let failOn: Severity
    let isComplete: Bool
    let status: Int32

    init(_ result: AuditResult, failing: Severity, status: Int32) {
        counts = Dictionary(uniqueKeysWithValues: Severity.allCases.map { ($0.rawValue, result.count(of: $0)) })
        pools = result.pools
        failOn = failing
        isComplete = !result.isIncomplete
        self.status = status
    }
}
