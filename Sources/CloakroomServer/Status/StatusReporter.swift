// SPDX-License-Identifier: Apache-2.0

import CloakroomSystem
import CloakroomAdmin
import CloakroomCore
import CloakroomCrypto
public import CloakroomSessions
import CloakroomStatus
import CloakroomStore
import Glibc

/// Puts together how the daemon and its pools are, from what they know anyway: it reads no session.
public struct StatusReporter: Sendable {
    private let version: String
    private let clock: SteadyClock
    private let connections: ConnectionCensus
    private let start = ContinuousClock.now

    /// - Parameters:
    ///   - version: the daemon's.
    ///   - clock: the one that the pools go by.
    public init(version: String, clock: SteadyClock, connections: ConnectionCensus) {
        self.version = version
        self.clock = clock
        self.connections = connections
    }

    /// How the daemon is.
    func daemon() -> DaemonStatus {
        let heap = SecureHeap.use
        return DaemonStatus(
            version: version,
            pid: getpid(),
            uptime: start.duration(to: .now).milliseconds,
            time: clock.now().seconds,
            clockLead: Int64(clock.lead / .milliseconds(1)),
            connections: connections.all,
            connectionLimit: connections.limit,
            connectionsRefused: connections.refused,
            memory: ProcessMemory.resident,
            keyMemory: heap?.bytes ?? 0,
            keyMemorySize: heap?.size ?? 0
        )
    }

    /// How a pool is.
    func status(of pool: AdministeredPool) -> PoolStatus {
        let sessions = pool.sessions
        var status = PoolStatus(
            pool: pool.name.text,
            locks: LockStatus(sessions.lockSummary()),
            store: StoreStatus(sessions.storeHealth())
        )
        let usage = sessions.usage
        status.sessions = usage?.sessions
        status.bytes = usage.map { $0.kibibytes * 1024 }
        status.sessionLimit = sessions.rules.maximumSessions
        status.byteLimit = sessions.rules.maximumTotalSize
        status.connections = connections.connections(in: pool.name)
        status.counts = sessions.statistics.counts
        let lookups = sessions.metadataLookups
        (status.metadataHits, status.metadataMisses) = (lookups.hits, lookups.misses)
        status.keys = sessions.keyIDs.map(\.description)
        status.missingKeys = sessions.missingKeys.map(\.description)
        status.rotating = sessions.isRotating
        status.deferralObstacles = DeferralObstacle.all(of: sessions.deferredWrites.present)
        status.latencies = LatencyStatus.all(of: sessions.latencies)
        return status
    }
}
