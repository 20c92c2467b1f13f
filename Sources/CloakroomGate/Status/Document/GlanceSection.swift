// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStatus

/// The six figures to look at first.
struct GlanceSection {
    private let status: GateStatus
    private let pools: [PoolStatus]

    init(_ status: GateStatus) {
        self.status = status
        pools = status.snapshot?.report.pools ?? []
    }

    var markup: Markup {
        let tiles = status.isAnswered ? [sessions, requests, slowest, locks, refusals, gate] : [gate]
        return """
            <section id="glance" aria-labelledby="glance-title">
            <h2 id="glance-title" class="unseen">At a glance</h2>
            <dl class="tiles">\(tiles)</dl>
            </section>
            """
    }

    private static func tile(_ name: String, _ value: String, _ more: String) -> Markup {
        "<div><dt>\(name)</dt><dd class=\"figure\">\(value)</dd><dd class=\"more\">\(more)</dd></div>\n"
    }

    private var sessions: Markup {
        let known = pools.compactMap(\.sessions)
        guard known.count == pools.count else { return Self.tile("Sessions", "…", "being counted") }
        let bytes = pools.compactMap(\.bytes).reduce(0, +)
        return Self.tile("Sessions", HumanText.number(Int(clamping: known.reduce(0, +))), ByteText.text(bytes))
    }

    /// Waits for locks are parts of other requests.
    private var kinds: [(pool: String, latency: LatencyStatus)] {
        pools.flatMap { pool in pool.latencies.filter { $0.kind != .lockWait }.map { (pool.pool, $0) } }
    }

    private var requests: Markup {
        let count = kinds.reduce(0) { $0 + $1.latency.lastMinute.count }
        // "The last minute" is the last 60 to 70 s.
        let rate = HumanText.rate(Double(count) / 65)
        return Self.tile(
            "Requests, last minute",
            HumanText.number(Int(clamping: count)),
            count == 0 ? "none" : "about \(rate) a second"
        )
    }

    private var slowest: Markup {
        let times = kinds.compactMap { entry in entry.latency.lastMinute.p99.map { (entry.latency.kind, $0) } }
        guard let (kind, time) = times.max(by: { $0.1 < $1.1 }) else {
            return Self.tile("Slowest, p99", "–", "no requests in the last minute")
        }
        let name = Words.make(kind.rawValue)
        return Self.tile("Slowest, p99", HumanText.latency(nanoseconds: time), "\(name), last minute")
    }

    private var locks: Markup {
        let waiting = pools.reduce(0) { $0 + $1.locks.waiting }
        let held = pools.reduce(0) { $0 + $1.locks.held }
        return Self.tile("Waiting for a lock", HumanText.number(waiting), "\(HumanText.count(held, "lock")) held")
    }

    private var refusals: Markup {
        let counts = PoolCounts.refusals.map { name in (name, pools.reduce(0) { $0 + $1.count(name) }) }
        let most = counts.max { $0.1 < $1.1 }
        let reason = most.map { $0.1 > 0 ? "most: \(Words.make($0.0))" : "none" } ?? ""
        return Self.tile("Refused since the start", HumanText.number(counts.reduce(0) { $0 + $1.1 }), reason)
    }

    private var gate: Markup {
        let counts = status.gate.counts
        let refused = (counts["unauthorized"] ?? 0) + (counts["forbidden"] ?? 0)
        return Self.tile(
            "Let through by the gate",
            HumanText.number(counts["admitted"] ?? 0),
            "\(HumanText.number(refused)) refused, \(HumanText.number(counts["unanswered"] ?? 0)) unanswered"
        )
    }
}
