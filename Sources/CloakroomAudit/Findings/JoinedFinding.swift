// SPDX-License-Identifier: Apache-2.0

/// Findings that say the same of several pools.
public struct JoinedFinding: Sendable {
    /// What has to be the same.
    struct Key: Hashable {
        let code: String
        let severity: Severity
        let reason: String
        let remedy: String

        init(_ finding: Finding) {
            code = finding.code
            severity = finding.severity
            reason = finding.reason
            remedy = finding.remedy
        }
    }

    private static let mark = ", pool "

    /// The first of them.
    public let first: Finding
    private var subjects: [String]
    /// Where they are, each place once.
    public private(set) var locations: [FileLocation]

    init(_ finding: Finding) {
        first = finding
        subjects = [finding.subject]
        locations = finding.location.map { [$0] } ?? []
    }

    mutating func add(_ finding: Finding) {
        if !subjects.contains(finding.subject) { subjects.append(finding.subject) }
        if let location = finding.location, !locations.contains(location) { locations.append(location) }
    }

    /// Whom they are about: `FPM 8.2, 3 pools: a, b, c`.
    public var subject: String {
        var groups: [(start: String, pools: [String])] = []
        for subject in subjects {
            let cut = subject.firstRange(of: Self.mark)
            let start = cut.map { String(subject[..<$0.lowerBound]) } ?? subject
            let pool = cut.map { [String(subject[$0.upperBound...])] } ?? []
            if let index = groups.firstIndex(where: { $0.start == start && !$0.pools.isEmpty }), !pool.isEmpty {
                groups[index].pools += pool
            } else {
                groups.append((start, pool))
            }
        }
        return groups.map { group in
            switch group.pools.count {
            case 0: group.start
            case 1: group.start + Self.mark + group.pools[0]
            default: "\(group.start), \(group.pools.count) pools: \(group.pools.joined(separator: ", "))"
            }
        }.joined(separator: "; ")
    }
}
