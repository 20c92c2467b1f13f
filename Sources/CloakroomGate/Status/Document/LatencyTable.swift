// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStatus
import Glibc

/// How long requests of a pool took in the last minute.
struct LatencyTable {
    private let rows: [LatencyStatus]
    private let pool: String

    init(_ pool: PoolStatus) {
        self.pool = pool.pool
        rows = pool.latencies.filter { $0.lastMinute.count > 0 }
    }

    var markup: Markup {
        guard !rows.isEmpty else { return "<p class=\"note\">No requests in the last minute.</p>" }
        let heads = ["p50", "p90", "p99", "p99.9", "max"]
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Latencies of pool \(pool)">
            <table class="latencies">
            <thead><tr><th scope="col">Kind</th><th scope="col" class="number">Count</th>\
            \(heads.map { "<th scope=\"col\" class=\"number\">\($0)</th>" as Markup })\
            <th scope="col">p99 from 10 µs to 100 ms</th></tr></thead>
            <tbody>\(rows.map(row))</tbody>
            </table>
            </div>
            """
    }

    private func row(_ latency: LatencyStatus) -> Markup {
        let times = latency.lastMinute
        let cells = [times.p50, times.p90, times.p99, times.p999, times.max].map { time -> Markup in
            "<td class=\"number\">\(time.map { HumanText.latency(nanoseconds: $0) } ?? "–")</td>"
        }
        return """
            <tr><th scope="row">\(Words.make(latency.kind.rawValue))</th>\
            <td class="number">\(Int(clamping: times.count))</td>\(cells)<td>\(Bar.drawing(Self.length(times.p99 ?? 0)))</td></tr>

            """
    }

    /// From 10 µs to 100 ms by the logarithm, as times of different kinds are far from each other.
    private static func length(_ nanoseconds: UInt64) -> Double {
        max(0.01, (log10(Double(max(nanoseconds, 1))) - 4) / 4)
    }
}
