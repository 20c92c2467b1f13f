// SPDX-License-Identifier: Apache-2.0

import CloakroomStatus

/// The status as metrics.
struct StatusMetrics {
    let status: GateStatus

    init(_ status: GateStatus) { self.status = status }

    /// All of them, each name once.
    var families: [Metric] {
        var up = Metric("cloakroom_daemon_up", .gauge, "Whether cloakroomd answers the gate.")
        up.add(whether: status.isAnswered)
        let ofDaemon = status.snapshot.map { snapshot in
            let report = snapshot.report
            return Self.health(report) + DaemonMetrics(report.daemon).families + PoolMetrics(report.pools).families
                + StoreMetrics(report.pools).families
        }
        return [up] + (ofDaemon ?? []) + GateMetrics(status.gate).families
    }

    private static func health(_ report: StatusReport) -> [Metric] {
        var well = Metric("cloakroom_well", .gauge, "Whether nothing has to be done: there is no warning but notices.")
        well.add(whether: report.isWell)
        var warnings = Metric(
            "cloakroom_warning",
            .gauge,
            "Whether something wants attention, by what it is; the pool is empty for what is about the daemon."
        )
        for pool in [nil] + report.pools.map(\.pool) {
            let present = Set(report.warnings.filter { $0.pool == pool }.map(\.code))
            for code in StatusWarning.Code.allCases where code.isAboutDaemon == (pool == nil) {
                let name = code.rawValue.replacing(" ", with: "_")
                warnings.add([("pool", pool ?? ""), ("code", name)], whether: present.contains(code))
            }
        }
        return [well, warnings]
    }
}

extension StatusWarning.Code {
    /// Whether it is about the daemon and not about a pool.
    fileprivate var isAboutDaemon: Bool {
        switch self {
        case .connections, .keyMemory, .clock: true
        case .storeRefusesWrites, .storeUnreadable, .writeFailed, .storeSlow, .backgroundErrors, .diskNearlyFull,
            .poolFull, .poolNearlyFull, .lockHeld, .keyMissing, .rotating, .counting, .stopping:
            false
        }
    }
}

/// `lockedRead` as names in metrics are written: `locked_read`.
enum SnakeCase {
    static func make(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }
}
