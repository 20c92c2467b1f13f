// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomAdmin
import CloakroomStatus

/// Latencies by kind of request.
struct LatencyTable {
    private let rows: [(kind: LatencyStatus.Kind, times: LatencyStatus.Distribution)]

    /// A table of these kinds, or `nil` when there are none.
    init?(_ latencies: [LatencyStatus], _ distribution: KeyPath<LatencyStatus, LatencyStatus.Distribution>) {
        rows = latencies.map { ($0.kind, $0[keyPath: distribution]) }
        if rows.isEmpty { return nil }
    }

    /// The lines, below a title.
    func lines(_ title: String) -> [String] {
        var table = Table([
            ("  \(title)", .left), ("COUNT", .right), ("P50", .right), ("P90", .right), ("P99", .right),
            ("P99.9", .right),
            ("MAX", .right),
        ])
        for (kind, times) in rows {
            let figures = [times.p50, times.p90, times.p99, times.p999, times.max]
            table.add(
                ["    \(kind.text)", HumanText.number(Int(clamping: times.count))]
                    + figures.map { $0.map { HumanText.latency(nanoseconds: $0) } ?? "-" }
            )
        }
        return table.lines
    }
}

extension LatencyStatus.Kind {
    /// The kind for people.
    fileprivate var text: String {
        switch self {
        case .read: "read, no lock"
        case .lockedRead: "read and lock"
        case .lockWait: "wait for lock"
        case .write: "write"
        case .touch: "touch"
        case .destroy: "destroy"
        case .check: "check"
        case .other: "other"
        }
    }
}
