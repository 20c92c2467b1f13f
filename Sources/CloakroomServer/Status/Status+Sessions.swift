// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCore
import CloakroomSessions
import CloakroomStatus
import CloakroomStore

// What the sessions say, as administrators are told.

extension Duration {
    /// In whole milliseconds.
    var milliseconds: UInt64 { UInt64(max(0, self / .milliseconds(1))) }
}

extension LockStatus {
    init(_ summary: LockSummary) {
        self.init(
            held: summary.held,
            waiting: summary.waiting,
            oldest: summary.oldest.map(Held.init),
            oldestContended: summary.oldestContended.map(Held.init)
        )
    }
}

extension LockStatus.Held {
    fileprivate init(_ report: LockReport) {
        self.init(
            session: "\(report.address.tag)",
            pid: report.holder.client.pid,
            request: "\(report.holder.client.label)",
            held: report.holder.duration.milliseconds,
            waiting: report.waiters.count
        )
    }
}

extension StoreStatus {
    init(_ health: StoreHealth) {
        self.init(durability: health.isPowerSafe ? .power : .process)
        switch health.writes {
        case .taken: writes = .taken
        case .slowed: writes = .slowed
        case .stopped: writes = .stopped
        case .refused(let reason):
            writes = .refused
            fault = reason
        }
        readable = health.engine != nil
        let engine = health.engine ?? .init()
        fileBytes = engine.fileBytes
        records = engine.records
        pendingCompactionBytes = engine.pendingCompactionBytes
        compactions = engine.compactions
        backgroundErrors = engine.backgroundErrors
        sinceSync = health.sinceSync?.milliseconds
        diskFree = health.disk?.free
        diskSize = health.disk?.size
    }
}

extension DeferralObstacle {
    static func all(of present: DeferredWrites.Obstacles) -> [DeferralObstacle] {
        allCases.filter { present.contains($0.bit) }
    }

    private var bit: DeferredWrites.Obstacles {
        switch self {
        case .configuration: .configuration
        case .storeRefuses: .storeRefuses
        case .storeFailed: .storeFailed
        case .poolFull: .poolFull
        case .stopping: .stopping
        }
    }
}

extension LatencyStatus {
    static func all(of latencies: RequestLatencies) -> [LatencyStatus] {
        let now = LatencyClock.now()
        return Kind.allCases.map { kind in
            let (all, recent) = latencies.counts(of: RequestLatencies.Kind(kind), now: now)
            return LatencyStatus(
                kind: kind,
                sinceStart: Distribution(all),
                lastMinute: Distribution(recent),
                sum: all.sum,
                below: exponents.map { all.count(belowPowerOfTwo: $0) }
            )
        }
    }
}

extension LatencyStatus.Distribution {
    fileprivate init(_ counts: LatencyCounts) {
        self.init(
            count: counts.count,
            p50: counts.percentile(0.5),
            p90: counts.percentile(0.9),
            p99: counts.percentile(0.99),
            p999: counts.percentile(0.999),
            max: counts.count > 0 ? counts.maximum : nil
        )
    }
}

extension RequestLatencies.Kind {
    fileprivate init(_ kind: LatencyStatus.Kind) {
        self =
            switch kind {
            case .read: .read
            case .lockedRead: .lockedRead
            case .lockWait: .lockWait
            case .write: .write
            case .touch: .touch
            case .destroy: .destroy
            case .check: .check
            case .other: .other
            }
    }
}
