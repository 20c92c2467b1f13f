// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import Testing

@Suite struct HostFindingTests {
    /// What needs another user than root to be seen: ``AuditCommandTests`` has it.
    private static let elsewhere: Set<String> = ["not-seen"]

    @Test func aHostAsShippedHasNoFinding() throws {
        #expect(try CloakroomTree().codes == [])
    }

    @Test(arguments: HostFindingCase.all)
    func isFoundWhereItIs(_ finding: HostFindingCase) throws {
        let tree = try CloakroomTree()
        try finding.shows(tree)
        #expect(tree.codes == [finding.code])
        let host = tree.host
        let found = AuditChecks.host.flatMap { $0.findings(on: host) }
        #expect(found.allSatisfy { $0.severity == finding.severity })
        #expect(found.allSatisfy { !$0.reason.isEmpty && !$0.remedy.isEmpty && !$0.subject.isEmpty })
    }

    @Test(arguments: HostFindingCase.all)
    func isNotFoundWhereItIsNot(_ finding: HostFindingCase) throws {
        let tree = try CloakroomTree()
        try finding.lacks(tree)
        #expect(tree.codes == [])
    }

    @Test func everyFindingHasACase() {
        let codes = AuditChecks.host.flatMap { type(of: $0).codes }
        #expect(Set(codes).count == codes.count, "two checks have one code")
        #expect(Set(codes).subtracting(Self.elsewhere) == Set(HostFindingCase.all.map(\.code)))
    }
}
