// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomAdmin
import CloakroomStatus

/// A status for people.
struct StatusText {
    private let report: StatusReport
    private let style: TextStyle

    init(_ report: StatusReport, _ style: TextStyle) {
        self.report = report
        self.style = style
    }

    var lines: [String] {
        HealthText(report, style).lines + [""] + section("daemon", ofDaemon)
            + report.pools.flatMap { pool in
                [""] + section("pool \(pool.pool)", PoolText(pool).fields) + ofLatencies(pool)
            }
    }

    private func section(_ title: String, _ fields: [(name: String, value: String)]) -> [String] {
        let width = 1 + (fields.map(\.name.count).max() ?? 0)
        return [style.text(title, .strong)]
            + fields.map { name, value in
                "  \(name)\(String(repeating: " ", count: width - name.count)) \(value)"
            }
    }

    private var ofDaemon: [(name: String, value: String)] {
        let daemon = report.daemon
        let lead = daemon.clockLead.magnitude / 1000
        let memory = daemon.memory.map { ByteText.text($0) + "; " } ?? ""
        return [
            (
                "version",
                "\(daemon.version), process \(daemon.pid), up \(HumanText.duration(milliseconds: daemon.uptime))"
            ),
            (
                "connections",
                "\(HumanText.number(daemon.connections)) of at most \(HumanText.number(daemon.connectionLimit)); "
                    + "\(HumanText.number(daemon.connectionsRefused)) refused since the start"
            ),
            (
                "memory",
                "\(memory)for keys, locked: \(ByteText.text(UInt64(daemon.keyMemory))) of "
                    + ByteText.text(UInt64(daemon.keyMemorySize))
            ),
            (
                "clock",
                lead < 1
                    ? "as the system's"
                    : "\(HumanText.duration(seconds: lead)) \(daemon.clockLead > 0 ? "ahead of" : "behind") the system's"
            ),
        ]
    }

    private func ofLatencies(_ pool: PoolStatus) -> [String] {
        guard pool.latencies.contains(where: { $0.sinceStart.count > 0 }) else { return ["  no requests yet"] }
        return table("last minute", pool, \.lastMinute) + table("since the start", pool, \.sinceStart)
    }

    private func table(
        _ title: String,
        _ pool: PoolStatus,
        _ distribution: KeyPath<LatencyStatus, LatencyStatus.Distribution>
    ) -> [String] {
        LatencyTable(pool.latencies.filter { $0[keyPath: distribution].count > 0 }, distribution)?.lines(title) ?? [
            "  \(title): no requests"
        ]
    }
}
