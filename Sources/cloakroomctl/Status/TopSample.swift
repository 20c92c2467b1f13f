// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomStatus

/// What "top" shows at a time: a status, and how much was done in a second since the last one.
struct TopSample: Encodable {
    /// What was done, in a second.
    struct Rates: Encodable {
        let reads: Double
        let writes: Double
        let touches: Double
        let new: Double
        let ended: Double
        /// Of the gate in front of PHP.
        let checks: Double
        let rejections: Double

        fileprivate init(_ now: PoolStatus, _ last: PoolStatus, seconds: Double) {
            let rate = { (names: [String]) in
                let difference = names.reduce(0) { $0 + now.count($1) - last.count($1) }
                // To a thousandth: more would only be noise.
                return (1000 * Double(max(0, difference)) / seconds).rounded() / 1000
            }
            reads = rate(["found", "absent"])
            writes = rate(["created", "updated"])
            touches = rate(["touched"])
            new = rate(["created"])
            ended = rate(["destroyed", "expired"])
            checks = rate(["admitted", "turnedAway"])
            rejections = rate(["conflicts", "overLimit", "unlocked", "unreadable", "rejected", "reused", "guessed"])
        }
    }

    /// A pool.
    struct Pool: Encodable {
        let pool: String
        let sessions: UInt64?
        let bytes: UInt64?
        let connections: Int
        let locks: LockStatus
        /// `nil` when there is nothing to compare with.
        let perSecond: Rates?
        /// The last minute, by kind of request.
        let latencies: [String: LatencyStatus.Distribution]
    }

    /// When, in seconds since 1970-01-01 UTC.
    let time: UInt64
    let warnings: [StatusWarning]
    let pools: [Pool]
    /// The status that it was made of.
    let report: StatusReport

    private enum CodingKeys: CodingKey {
        case time
        case warnings
        case pools
    }

    /// Compares a status with the one before it, unless the daemon was started in between.
    init(_ report: StatusReport, after last: StatusReport?) {
        self.report = report
        time = report.daemon.time
        warnings = report.warnings
        let comparable = last.flatMap { last in
            last.daemon.pid == report.daemon.pid && last.daemon.uptime < report.daemon.uptime ? last : nil
        }
        pools = report.pools.map { pool in
            let before = comparable?.pools.first { $0.pool == pool.pool }
            let seconds = Double(report.daemon.uptime - (comparable?.daemon.uptime ?? 0)) / 1000
            return Pool(
                pool: pool.pool,
                sessions: pool.sessions,
                bytes: pool.bytes,
                connections: pool.connections,
                locks: pool.locks,
                perSecond: before.map { Rates(pool, $0, seconds: seconds) },
                latencies: Dictionary(uniqueKeysWithValues: pool.latencies.map { ($0.kind.rawValue, $0.lastMinute) })
            )
        }
    }
}
