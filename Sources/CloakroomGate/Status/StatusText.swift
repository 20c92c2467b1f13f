// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStatus

/// The status as lines of `name: value`, as PHP-FPM's is, with numbers that a script can read.
struct StatusText {
    private typealias Field = (name: String, value: String)

    let status: GateStatus

    init(_ status: GateStatus) { self.status = status }

    /// Whether all is well, the daemon, its pools, the gate, with an empty line between them.
    var text: String {
        let parts: [[Field]] =
            switch status.daemon {
            case .away(let reason): [[("error", reason)], gate]
            case .answers(let snapshot):
                [health(snapshot.report), Self.daemon(snapshot.report.daemon)] + snapshot.report.pools.map(Self.pool)
                    + snapshot.locks.map(Self.lock) + [gate]
            }
        let width = parts.joined().map(\.name.count).max() ?? 0
        return parts.map { part in
            part.map { field in
                let space = String(repeating: " ", count: width - field.name.count + 2)
                return "\(field.name):\(space)\(PrintableText.make(field.value))\n"
            }.joined()
        }.joined(separator: "\n")
    }

    private func health(_ report: StatusReport) -> [Field] {
        (report.isWell ? [("health", "all is well")] : [])
            + report.warnings.map { warning in
                (warning.severity.rawValue, (warning.pool.map { "pool \($0): " } ?? "") + warning.message)
            }
    }

    private static func daemon(_ daemon: DaemonStatus) -> [Field] {
        [
            ("daemon version", daemon.version), ("daemon process", "\(daemon.pid)"),
            ("daemon uptime", HumanText.duration(milliseconds: daemon.uptime)),
            ("daemon connections", "\(daemon.connections)"), ("daemon max connections", "\(daemon.connectionLimit)"),
            ("daemon refused connections", "\(daemon.connectionsRefused)"),
        ] + (daemon.memory.map { [("daemon memory", "\($0)")] } ?? [])
    }

    private static func pool(_ pool: PoolStatus) -> [Field] {
        let names = PoolCounts.reads + PoolCounts.checks + PoolCounts.changes + PoolCounts.refusals
        return [
            ("pool", pool.pool), ("sessions", pool.sessions.map { "\($0)" } ?? "being counted"),
            ("session bytes", pool.bytes.map { "\($0)" } ?? "being counted"), ("connections", "\(pool.connections)"),
            ("locks held", "\(pool.locks.held)"), ("lock waiters", "\(pool.locks.waiting)"),
        ] + names.map { (Words.make($0), "\(pool.count($0))") } + [("store writes", pool.store.writes.rawValue)]
            + (pool.store.diskFree.map { [("disk free", "\($0)")] } ?? []) + pool.latencies.map(latency)
    }

    private static func latency(_ latency: LatencyStatus) -> Field {
        let times = latency.lastMinute
        let figures = zip(["p50", "p99", "max"], [times.p50, times.p99, times.max])
            .compactMap { name, time in time.map { ", \(name) \(HumanText.latency(nanoseconds: $0))" } }
        return ("\(Words.make(latency.kind.rawValue)), last minute", "\(times.count)" + figures.joined())
    }

    private static func lock(_ lock: LockRow) -> [Field] {
        let user: [Field] = lock.user.map { [("user", $0)] } ?? []
        return [("lock", lock.tag), ("lock pool", lock.pool)] + user + [("held by", client(lock.holder))]
            + lock.waiters.map { ("waiting", client($0)) }
            + (lock.waiting > lock.waiters.count ? [("also waiting", "\(lock.waiting - lock.waiters.count)")] : [])
    }

    private static func client(_ client: LockRow.Client) -> String {
        "process \(client.pid) for \(HumanText.duration(milliseconds: UInt64(clamping: client.milliseconds)))"
            + (client.request.isEmpty ? "" : ": \(client.request)")
    }

    private var gate: [Field] {
        let gate = status.gate
        return [
            ("gate version", gate.version), ("gate process", "\(gate.pid)"),
            ("gate uptime", HumanText.duration(milliseconds: gate.uptime)), ("gate active", "\(gate.active)"),
            ("gate threads", "\(gate.threads)"), ("gate connections", "\(gate.connections)"),
        ] + (gate.memory.map { [("gate memory", "\($0)")] } ?? [])
            + gate.counts.sorted { $0.key < $1.key }.map { ("gate \(Words.make($0.key))", "\($0.value)") }
    }
}
