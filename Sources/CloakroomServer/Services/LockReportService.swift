// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
public import CloakroomSessions
public import Logging
public import ServiceLifecycle
import UnixSignals

/// Logs who holds and who waits for which session's lock, when the process gets SIGUSR1.
public struct LockReportService: Service {
    /// More lines than this would only drive others out of the log.
    private static let mostLines = 100

    private let pools: [PoolName: SessionService]
    private let logger: Logger

    /// Reports the locks of each pool.
    public init(pools: [PoolName: SessionService], logger: Logger) {
        self.pools = pools
        self.logger = logger
    }

    /// Reports until a graceful shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sigusr1) {
                for (pool, sessions) in pools.sorted(by: { $0.key < $1.key }) {
                    report(sessions.heldLocks(), logger.naming(pool))
                }
            }
        }
    }

    /// Locks that somebody waits for first, as they are what is looked for.
    private func report(_ locks: [LockReport], _ logger: Logger) {
        logger.notice(
            "locks",
            metadata: ["held": "\(locks.count)", "waiting": "\(locks.reduce(0) { $0 + $1.waiters.count })"]
        )
        let contended = locks.filter { !$0.waiters.isEmpty } + locks.filter(\.waiters.isEmpty)
        for (number, lock) in contended.prefix(Self.mostLines).enumerated() {
            // Each its own message, as a log leaves out what is repeated.
            logger.notice(
                "lock \(number + 1)",
                metadata: [
                    "session": "\(lock.address.tag)",
                    "holder": "\(lock.holder)",
                    "waiting": "\(lock.waiters.map { "\($0)" }.joined(separator: ", "))",
                ]
            )
        }
    }
}
