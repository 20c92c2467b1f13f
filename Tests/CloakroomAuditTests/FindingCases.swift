// SPDX-License-Identifier: Apache-2.0

import CloakroomAudit
import Testing

/// A finding, a host that shows it, and one like it that does not.
struct FindingCase: CustomTestStringConvertible {
    /// The code of the finding.
    let code: String
    /// The host that shows it.
    let shows: AuditTree
    /// What is found on that host besides.
    let besides: Set<String>
    /// The host that does not show it.
    let hides: AuditTree
    /// How severe the finding is there, when it depends.
    let severity: Severity?

    init(
        _ code: String,
        _ severity: Severity? = nil,
        besides: Set<String> = [],
        shows: AuditTree,
        hides: AuditTree
    ) {
        (self.code, self.severity, self.besides, self.shows, self.hides) = (code, severity, besides, shows, hides)
    }

    var testDescription: String { severity.map { "\(code), \($0)" } ?? code }
}
