// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
public import CloakroomSessions
public import Logging
public import ServiceLifecycle
import UnixSignals

/// Logs who holds and who waits for which session's lock, when the process gets SIGUSR1.
public struct LockReportService: Service {
    /// More lines than this would only drive others out of the log.
    private static let mostLines = 100

    private let sessions: SessionService
    private let logger: Logger

    /// Reports the locks of `sessions`.
    public init(sessions: SessionService, logger: Logger) {
        self.sessions = sessions
        self.logger = logger
    }

    /// Reports until a graceful shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sigusr1) { report() }
        }
    }

    /// Locks that somebody waits for first, as they are what is looked for.
    private func report() {
        let locks = sessions.heldLocks()
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
