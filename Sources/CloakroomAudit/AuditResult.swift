// SPDX-License-Identifier: Apache-2.0

/// What an audit has found.
public struct AuditResult: Sendable {
    /// All findings, the worst first; of one severity in the order in which they were found.
    public let findings: [Finding]
    /// The pools of FPM that it has looked at, by name.
    public let pools: [String]

    /// Puts the findings in order.
    public init(findings: [Finding], pools: [String]) {
        self.findings = findings.enumerated()
            .sorted { ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset) }
            .map(\.element)
        self.pools = pools
    }

    /// Whether there was something that could not be looked at.
    public var isIncomplete: Bool { findings.contains { VisibilityCheck.codes.contains($0.code) } }

    /// How many findings there are of a severity.
    public func count(of severity: Severity) -> Int { findings.count { $0.severity == severity } }

    /// The findings with those joined that differ in nothing but whom and where they are about.
    public var joined: [JoinedFinding] {
        var result: [JoinedFinding] = []
        var places: [JoinedFinding.Key: Int] = [:]
        for finding in findings {
            let key = JoinedFinding.Key(finding)
            if let place = places[key] {
                result[place].add(finding)
            } else {
                places[key] = result.count
                result.append(JoinedFinding(finding))
            }
        }
        return result
    }
}
