// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import Testing

/// `docs/audit.md` names every finding of the host, with the severities that it can have.
@Suite struct HostDocumentTests {
    /// The cells of each row of a table whose first one is a code.
    private func rows() throws -> [[String]] {
        let sections = try CloakroomTree.shipped("docs/audit.md").split(separator: "\n## ")
        let section = try #require(sections.first { $0.hasPrefix("The host\n") })
        return section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
            line.split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") }
        }
    }

    @Test func eachFindingHasARow() throws {
        let codes = try rows().map { $0[0].split(separator: "`").joined() }
        #expect(Set(codes).count == codes.count)
        let known = AuditChecks.host.flatMap { type(of: $0).codes }
        #expect(Set(known) == Set(codes))
    }

    @Test(arguments: HostFindingCase.all)
    func theRowHasTheSeverity(_ finding: HostFindingCase) throws {
        let row = try #require(try rows().first { $0[0] == "`\(finding.code)`" })
        #expect(
            row[1].split(separator: ",").map { $0.split(separator: " ").joined() }.contains(finding.severity.rawValue)
        )
    }
}
