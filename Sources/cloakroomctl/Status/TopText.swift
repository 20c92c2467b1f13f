// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomAdmin
import CloakroomStatus

/// A sample of "top" for people.
struct TopText {
    /// What is beside the names of the pools has so much room, in columns.
    private static let figuresWidth = 70
    /// The room for the name of a pool.
    private static let nameWidths = 10...40
    /// More warnings than this would leave no room for the figures.
    private static let mostWarnings = 4

    private let sample: TopSample
    private let style: TextStyle

    init(_ sample: TopSample, _ style: TextStyle) {
        self.sample = sample
        self.style = style
    }

    /// All of it, whatever room that takes.
    var lines: [String] {
        header + HealthText(sample.report, style).lines + [""]
            + pools(sample.pools, Self.nameWidths.upperBound, selected: nil)
            + sample.report.pools.flatMap { [""] + latencies(of: $0, Self.nameWidths.upperBound) }
    }

    /// As much of it as fits a screen, with the latencies of one pool.
    ///
    /// - Parameter notice: what else there is to say.
    func screen(rows: Int, columns: Int, selected: Int, notice: String?) -> [String] {
        let nameWidth = min(max(columns - Self.figuresWidth, Self.nameWidths.lowerBound), Self.nameWidths.upperBound)
        var top = header + (notice.map { [style.text("WARNING", .alarming) + " \($0)"] } ?? [])
        let health = HealthText(sample.report, style).lines
        top += health.prefix(Self.mostWarnings)
        if health.count > Self.mostWarnings {
            top.append("and \(health.count - Self.mostWarnings) more: see cloakroomctl status")
        }
        let pool = sample.report.pools.indices.contains(selected) ? sample.report.pools[selected] : nil
        let bottom = pool.map { [""] + latencies(of: $0, nameWidth) } ?? []
        let keys = sample.pools.count > 1 ? "q ends, Tab next pool, space refreshes" : "q ends, space refreshes"
        // The blank line and the titles above the pools, and the keys.
        let room = max(1, rows - top.count - bottom.count - 3)
        let first = min(max(0, selected - room + 1), max(0, sample.pools.count - room))
        let shown = Array(sample.pools.dropFirst(first).prefix(room))
        let middle = [""] + pools(shown, nameWidth, selected: sample.pools.count > 1 ? selected - first : nil)
        let all = (top + middle + bottom).prefix(max(0, rows - 1))
        return all + Array(repeating: "", count: max(0, rows - 1 - all.count)) + [keys]
    }

    private var header: [String] {
        let daemon = sample.report.daemon
        let memory = daemon.memory.map { ", " + ByteText.text($0) } ?? ""
        return [
            style.text("cloakroomd \(daemon.version)", .strong)
                + ", up \(HumanText.duration(milliseconds: daemon.uptime)), "
                + HumanText.count(daemon.connections, "connection") + memory
        ]
    }

    /// The pools; what is done stands for one second.
    private func pools(_ pools: [TopSample.Pool], _ nameWidth: Int, selected: Int?) -> [String] {
        var table = Table([
            ("  POOL", .left), ("SESSIONS", .right), ("READS", .right), ("WRITES", .right), ("TOUCH", .right),
            ("NEW", .right), ("ENDED", .right), ("REJECT", .right), ("HELD", .right), ("WAIT", .right),
        ])
        for (index, pool) in pools.enumerated() {
            let rates = pool.perSecond.map {
                [$0.reads, $0.writes, $0.touches, $0.new, $0.ended, $0.rejections].map { HumanText.rate($0) }
            }
            table.add(
                [
                    "\(index == selected ? ">" : " ") \(Self.name(pool.pool, nameWidth))",
                    pool.sessions.map { HumanText.number(Int(clamping: $0)) } ?? "counting",
                ] + (rates ?? Array(repeating: "-", count: 6))
                    + [HumanText.number(pool.locks.held), HumanText.number(pool.locks.waiting)]
            )
        }
        let lines = table.lines
        return [style.text(lines[0], .strong)] + lines.dropFirst()
    }

    private func latencies(of pool: PoolStatus, _ nameWidth: Int) -> [String] {
        let title = "\(Self.name(pool.pool, nameWidth)), last minute"
        let lines = LatencyTable(pool.latencies, \.lastMinute)?.lines(title) ?? []
        let lock = pool.locks.oldestContended ?? pool.locks.oldest
        return [style.text(lines.first ?? "", .strong)] + lines.dropFirst()
            + [lock.map { "  longest lock: " + PoolText.text($0) } ?? "  no lock is held"]
    }

    private static func name(_ pool: String, _ width: Int) -> String {
        pool.count > width ? pool.prefix(width - 1) + "…" : pool
    }
}
