// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomStatus
import Testing

/// What of a status wants attention.
@Suite struct StatusWarningTests {
    private static func daemon() -> DaemonStatus {
        DaemonStatus(
            version: "0.1.0",
            pid: 7,
            uptime: 1000,
            time: 2_000_000_000,
            clockLead: 0,
            connections: 899,
            connectionLimit: 1000,
            connectionsRefused: 0,
            memory: nil,
            keyMemory: 899,
            keyMemorySize: 1000
        )
    }

    /// A pool with which all is well, if only just.
    private static func pool() -> PoolStatus {
        var store = StoreStatus()
        store.diskFree = 256 << 20
        store.diskSize = 5 << 30
        let lock = LockStatus.Held(session: "0123456789ab", pid: 8, request: "GET /", held: 9_999, waiting: 1)
        var pool = PoolStatus(
            pool: "shop",
            locks: LockStatus(held: 1, waiting: 1, oldest: lock, oldestContended: lock),
            store: store
        )
        pool.sessions = 899
        pool.sessionLimit = 1000
        pool.bytes = 899
        pool.byteLimit = 1000
        pool.deferralObstacles = [.configuration]
        return pool
    }

    private func codes(
        _ change: (inout DaemonStatus, inout PoolStatus) -> Void
    ) -> [StatusWarning.Code] {
        var (daemon, pool) = (Self.daemon(), Self.pool())
        change(&daemon, &pool)
        return StatusReport(daemon: daemon, pools: [pool]).warnings.map(\.code)
    }

    @Test func nothingIsSaidWhenAllIsWell() {
        #expect(codes { _, _ in } == [])
        #expect(StatusReport(daemon: Self.daemon(), pools: [Self.pool()]).isWell)
    }

    @Test func daemonIsJudged() {
        #expect(codes { daemon, _ in daemon.connections = 900 } == [.connections])
        #expect(codes { daemon, _ in daemon.keyMemory = 900 } == [.keyMemory])
        #expect(codes { daemon, _ in daemon.clockLead = 60_000 } == [])
        #expect(codes { daemon, _ in daemon.clockLead = 60_001 } == [.clock])
        #expect(codes { daemon, _ in daemon.clockLead = -60_001 } == [.clock])
        #expect(codes { daemon, _ in daemon.clockLead = .min } == [.clock])
    }

    @Test func storeIsJudged() {
        #expect(codes { _, pool in pool.store.writes = .refused } == [.storeRefusesWrites])
        #expect(codes { _, pool in pool.store.writes = .stopped } == [.storeSlow])
        #expect(codes { _, pool in pool.store.writes = .slowed } == [.storeSlow])
        #expect(codes { _, pool in pool.store.backgroundErrors = 1 } == [.backgroundErrors])
        #expect(codes { _, pool in pool.deferralObstacles = [.storeFailed] } == [.writeFailed])
        // One cause is one warning.
        let refused = codes { _, pool in
            pool.store.writes = .refused
            pool.store.readable = false
            pool.deferralObstacles = [.storeFailed, .storeRefuses]
        }
        #expect(refused == [.storeUnreadable])
    }

    @Test func diskIsJudgedByWhatIsLeftAndByItsShare() {
        #expect(codes { _, pool in pool.store.diskFree = (256 << 20) - 1 } == [.diskNearlyFull])
        let share = { (free: UInt64, size: UInt64) in
            codes { _, pool in (pool.store.diskFree, pool.store.diskSize) = (free << 30, size << 30) }
        }
        #expect(share(4, 100) == [.diskNearlyFull])
        #expect(share(5, 100) == [])
        #expect(share(10, 1000) == [])
        #expect(share(9, 1000) == [.diskNearlyFull])
        #expect(codes { _, pool in pool.store.diskFree = nil } == [])
        #expect(codes { _, pool in pool.store.diskSize = 0 } == [])
    }

    @Test func roomIsJudgedByTheNearestLimit() {
        #expect(codes { _, pool in pool.sessions = 900 } == [.poolNearlyFull])
        #expect(codes { _, pool in pool.sessions = 1000 } == [.poolFull])
        #expect(codes { _, pool in pool.bytes = 950 } == [.poolNearlyFull])
        // One more does not fit.
        let full = codes { _, pool in
            pool.bytes = 999
            pool.deferralObstacles = [.poolFull]
        }
        #expect(full == [.poolFull])
        let unlimited = codes { _, pool in
            (pool.sessions, pool.sessionLimit, pool.byteLimit) = (1_000_000, nil, nil)
        }
        #expect(unlimited == [])
    }

    @Test func locksAndKeysAreJudged() {
        let held = codes { _, pool in pool.locks.oldestContended?.held = 10_000 }
        #expect(held == [.lockHeld])
        // Nobody waits.
        #expect(codes { _, pool in pool.locks.oldest?.held = 1_000_000 } == [])
        #expect(codes { _, pool in pool.missingKeys = ["0123456789abcdef"] } == [.keyMissing])
    }

    @Test func whatPassesByItselfIsANotice() {
        var pool = Self.pool()
        (pool.rotating, pool.sessions, pool.bytes) = (true, nil, nil)
        pool.deferralObstacles = [.stopping]
        let report = StatusReport(daemon: Self.daemon(), pools: [pool])
        #expect(report.warnings.map(\.code) == [.rotating, .counting, .stopping])
        #expect(report.isWell)
        pool.store.writes = .refused
        pool.store.fault = "the disk is on fire"
        let worse = StatusReport(daemon: Self.daemon(), pools: [pool])
        #expect(worse.warnings.first?.code == .storeRefusesWrites)
        #expect(worse.warnings.first?.message.contains("the disk is on fire") == true)
        #expect(worse.warnings.first?.pool == "shop")
        #expect(!worse.isWell)
    }

    @Test func sharesAreOfWhatThereWas() {
        var pool = Self.pool()
        #expect(pool.foundShare == nil)
        #expect(pool.metadataHitShare == nil)
        pool.counts = ["found": 3, "absent": 1]
        (pool.metadataHits, pool.metadataMisses) = (1, 1)
        #expect(pool.foundShare == 0.75)
        #expect(pool.metadataHitShare == 0.5)
    }
}
