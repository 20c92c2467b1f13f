// SPDX-License-Identifier: Apache-2.0

import CloakroomGate
import CloakroomStatus

/// States of gate and daemon to show.
enum StatusSample: String, CaseIterable {
    /// Three pools at work, with locks and refusals, and nothing to complain of.
    case data
    /// One pool in which nothing has happened.
    case empty
    /// Much that wants attention.
    case warnings
    /// The daemon does not answer.
    case away
    /// Texts of visitors and scripts that try to be something else.
    case hostile

    /// What a page should not take for a part of itself.
    static let hostileTexts = [
        "<script>document.title='taken'</script>", "\"><img src=x onerror=alert(1)>",
        "</script><script>alert(1)</script>",
        "' onmouseover='alert(1)", "\u{202E}drowssap\u{2066}", "a\u{0}b\u{7}c\r\nSet-Cookie: x=1", "<!--<script>",
        String(repeating: "W", count: 255), "\\\" } cloakroom_fake 1", "שלום עולם",
    ]

    /// The state after so many steps of two seconds.
    func status(step: Int = 0) -> GateStatus {
        switch self {
        case .data:
            Self.status(
                [Self.busy("shop", step, 1), Self.busy("blog", step, 0.3), Self.busy("intranet", step, 0.05)],
                step
            )
        case .empty: Self.status([Self.quiet("default")], step)
        case .warnings: Self.status([Self.failing(step)], step, connections: 990)
        case .away:
            GateStatus(
                gate: Self.gate(step),
                daemon: .away(
                    "nobody listens on /run/cloakroom/gate.sock: start cloakroomd (systemctl status cloakroomd)"
                )
            )
        case .hostile:
            Self.status(
                Self.hostileTexts.enumerated().map { Self.busy($0.element, step, 1 / Double($0.offset + 1)) },
                step,
                version: Self.hostileTexts[2],
                texts: Self.hostileTexts
            )
        }
    }

    private static func gate(_ step: Int) -> GateStatus.Gate {
        GateStatus.Gate(
            version: "0.1.0",
            pid: 801,
            uptime: UInt64(86_400_000 + step * 2000),
            active: 1,
            threads: 8,
            connections: 4,
            memory: 9 << 20,
            counts: [
                "admitted": 120_000 + step * 60, "unauthorized": 310, "forbidden": 12, "unanswered": 2,
                "admittedUnchecked": 0, "misconfigured": 0, "looks": 40 + step, "broken": 1,
            ]
        )
    }

    private static func status(
        _ pools: [PoolStatus],
        _ step: Int,
        connections: Int = 61,
        version: String = "0.1.0",
        texts: [String]? = nil
    ) -> GateStatus {
        let daemon = DaemonStatus(
            version: version,
            pid: 712,
            uptime: UInt64(172_800_000 + step * 2000),
            time: UInt64(1_790_000_000 + step * 2),
            clockLead: 0,
            connections: connections,
            connectionLimit: 1000,
            connectionsRefused: 3,
            memory: 48 << 20,
            keyMemory: 31_000,
            keyMemorySize: 65_536
        )
        let held = pools.contains { $0.locks.held > 0 }
        let locks =
            held ? locks(pools, texts ?? ["POST /checkout/payment?step=3", "GET /account", "GET /cart.json"]) : []
        return GateStatus(
            gate: gate(step),
            daemon: .answers(StatusSnapshot(report: StatusReport(daemon: daemon, pools: pools), locks: locks))
        )
    }

    private static func locks(_ pools: [PoolStatus], _ texts: [String]) -> [LockRow] {
        let waiters = (0..<12).map { index in
            LockRow.Client(
                pid: Int32(2101 + index),
                request: texts[index % texts.count],
                milliseconds: Int64(2900 - index * 210)
            )
        }
        return [
            LockRow(
                pool: pools[0].pool,
                tag: "4fd1a09c27be",
                user: texts.count > 3 ? texts[1] : "maria.huber@example.com",
                holder: .init(pid: 2088, request: texts[0], milliseconds: 4_310),
                waiting: waiters.count,
                waiters: waiters
            ),
            LockRow(
                pool: pools[pools.count - 1].pool,
                tag: "b03344e1d5aa",
                holder: .init(pid: 2090, request: "", milliseconds: 180),
                waiting: 1,
                waiters: [.init(pid: 2140, request: texts[1], milliseconds: 95)]
            ),
            LockRow(
                pool: pools[0].pool,
                tag: "00e17ac5f920",
                user: "ben",
                holder: .init(pid: 2102, request: texts[2], milliseconds: 12),
                waiting: 0,
                waiters: []
            ),
        ]
    }

    private static func quiet(_ name: String) -> PoolStatus {
        var pool = PoolStatus(pool: name, locks: LockStatus(), store: StoreStatus())
        (pool.sessions, pool.bytes) = (0, 0)
        pool.store.diskFree = 40 << 30
        pool.store.diskSize = 64 << 30
        pool.latencies = LatencyStatus.Kind.allCases.map { kind in
            LatencyStatus(
                kind: kind,
                sinceStart: .init(),
                lastMinute: .init(),
                sum: 0,
                below: LatencyStatus.exponents.map { _ in 0 }
            )
        }
        return pool
    }

    /// A pool at work: `share` says how busy it is.
    private static func busy(_ name: String, _ step: Int, _ share: Double) -> PoolStatus {
        var pool = quiet(name)
        let wave = waves(step)
        pool.sessions = UInt64(share * Double(48_211 + step * 9))
        pool.bytes = UInt64(share * Double((310 << 20) + step * 20_000))
        (pool.sessionLimit, pool.byteLimit) = (200_000, 2 << 30)
        pool.connections = Int(1 + 40 * share)
        let number = { (base: Double, rise: Double) in Int(share * (base + wave * rise)) }
        pool.counts = [
            "found": number(2_400_000, 100), "absent": number(31_000, 0), "created": number(48_700, 0), "adopted": 0,
            "updated": number(900_000, 30), "touched": number(1_200_000, 0), "destroyed": number(2_100, 0),
            "expired": number(14_300, 0), "deferred": number(800_000, 0), "remembered": number(1_200, 0),
            "admitted": number(122_000, 40), "turnedAway": number(310, 1),
        ]
        let refusals = [
            "conflicts": number(41, 0), "overLimit": 0, "unlocked": number(12, 0.011), "unreadable": 0,
            "rejected": number(29, 0.02), "reused": number(7, 0), "guessed": number(310, 0.08), "unwritten": 0,
        ]
        pool.counts.merge(refusals) { $1 }
        (pool.metadataHits, pool.metadataMisses) = (3_100_000, 52_000)
        let lock = LockStatus.Held(session: "4fd1a09c27be", pid: 2088, request: name, held: 4310, waiting: 12)
        pool.locks = LockStatus(held: 5, waiting: 13, oldest: lock, oldestContended: lock)
        pool.keys = ["k2026"]
        pool.store.fileBytes = UInt64(share * Double(420 << 20))
        pool.store.records = UInt64(share * 51_000)
        pool.store.sinceSync = 3100
        pool.latencies = [
            latency(.read, step, 38_000, share * 2), latency(.lockedRead, step, 52_000, share * 1.6),
            latency(.lockWait, step, 14_000_000, share * 0.05), latency(.write, step, 210_000, share),
            latency(.touch, step, 31_000, share * 0.7), latency(.destroy, step, 90_000, share * 0.02),
            latency(.check, step, 24_000, share * 1.2), latency(.other, step, 70_000, 0),
        ]
        return pool
    }

    /// Rises by 40 to 160 in each step, never evenly.
    private static func waves(_ step: Int) -> Double {
        var total = 0
        for index in 0..<step {
            let noise = index * 37 % 61
            let swell = index / 8 % 3 * 30
            total += 40 + noise + swell
        }
        return Double(total)
    }

    private static func latency(_ kind: LatencyStatus.Kind, _ step: Int, _ typical: UInt64, _ share: Double)
        -> LatencyStatus
    {
        let minute = UInt64(share * 3100)
        let total = UInt64(share * (1_200_000 + waves(step)))
        let middle = typical + typical * UInt64(step * 13 % 17) / 60
        let times = { (count: UInt64) in
            count == 0
                ? LatencyStatus.Distribution()
                : .init(count: count, p50: middle, p90: middle * 2, p99: middle * 5, p999: middle * 9, max: middle * 22)
        }
        return LatencyStatus(
            kind: kind,
            sinceStart: times(total),
            lastMinute: times(minute),
            sum: total * typical,
            below: LatencyStatus.exponents.map { typical < UInt64(1) << UInt64($0) ? total * 99 / 100 : 0 }
        )
    }

    private static func failing(_ step: Int) -> PoolStatus {
        var pool = busy("shop", step, 1)
        pool.sessions = 199_000
        pool.store.writes = .refused
        pool.store.fault = "No space left on device"
        pool.store.diskFree = 12 << 20
        pool.store.backgroundErrors = 3
        pool.missingKeys = ["k2025"]
        pool.rotating = true
        let lock = LockStatus.Held(
            session: "4fd1a09c27be",
            pid: 2088,
            request: "GET /report",
            held: 31_000,
            waiting: 12
        )
        pool.locks = LockStatus(held: 5, waiting: 12, oldest: lock, oldestContended: lock)
        return pool
    }
}
