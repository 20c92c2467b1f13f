// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import Testing

/// docs/audit.md against the code.
@Suite struct AuditDocumentTests {
    /// The rows of the section about PHP: codes with their severities.
    private static func rows() -> [String: Set<Severity>] {
        let text = AuditTree.text(of: "docs/audit.md")
        let section = text.split(separator: "\n## PHP\n").last ?? ""
        let end = section.split(separator: "\n## ").first?.split(separator: "\n### PHP-FPM of Debian").first ?? ""
        var rows: [String: Set<Severity>] = [:]
        for line in end.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.drop { $0 == " " } }
            let code = String(cells[0].dropFirst().prefix { $0 != "`" })
            let words = cells[1].split { $0 == "," || $0 == " " }
            rows[code] = Set(words.compactMap { Severity(rawValue: String($0)) })
        }
        return rows
    }

    @Test func eachFindingHasARow() {
        #expect(Set(Self.rows().keys) == Set(AuditChecks.php.flatMap { type(of: $0).codes }))
    }

    @Test func severitiesAreThoseThatAreMade() throws {
        let rows = Self.rows()
        var made: [String: Set<Severity>] = [:]
        for example in FindingCase.php {
            for finding in try example.shows.findings() { made[finding.code, default: []].insert(finding.severity) }
        }
        for (code, severities) in made { #expect(rows[code] == severities, "\(code)") }
    }
}
