// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import Testing

/// Each finding on a host that has it and on one that has not.
@Suite struct FindingTests {
    @Test(arguments: FindingCase.php)
    func aFindingIsMadeWhereItIsTrueAndNowhereElse(_ example: FindingCase) throws {
        let found = try example.shows.findings()
        #expect(Set(found.map(\.code)) == example.besides.union([example.code]), "\(found)")
        let severities = Set(found.filter { $0.code == example.code }.map(\.severity))
        if let severity = example.severity { #expect(severities == [severity]) }
        let others = try example.hides.findings()
        #expect(!others.contains { $0.code == example.code && severities.contains($0.severity) }, "\(others)")
    }

    @Test func eachCodeHasACase() {
        let codes = AuditChecks.php.flatMap { type(of: $0).codes }
        #expect(Set(codes).count == codes.count)
        #expect(Set(codes) == Set(FindingCase.php.map(\.code)))
    }

    @Test func findingsSayWhereAndWhatToDo() throws {
        for example in FindingCase.php {
            for finding in try example.shows.findings() where finding.code == example.code {
                #expect(!finding.subject.isEmpty && !finding.reason.isEmpty && !finding.remedy.isEmpty)
                #expect(finding.location?.path.hasPrefix("/") == true, "\(finding)")
                #expect(!finding.reason.contains("  "), "\(finding)")
            }
        }
    }
}
