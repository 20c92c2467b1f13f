// SPDX-License-Identifier: Apache-2.0

public import CloakroomSessions
public import Logging
public import ServiceLifecycle

/// Brings what was acknowledged to disk at regular intervals, so that a power failure loses no more than one of them.
public struct SyncService: Service {
    private let sessions: SessionService
    private let interval: Duration
    private let logger: Logger

    /// Syncs every `interval`, if something was written.
    public init(sessions: SessionService, interval: Duration, logger: Logger) {
        self.sessions = sessions
        self.interval = interval
        self.logger = logger
    }

    /// Syncs until a graceful shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var synced = 0
            var hasFailed = false
            while (try? await Task.sleep(for: interval)) != nil {
                // The counts are those of changes, so an idle daemon leaves the disk alone.
                let changes = sessions.statistics.changes
                guard changes != synced else { continue }
                do {
                    try sessions.synchronize()
                    synced = changes
                    hasFailed = false
                } catch {
                    // Once, and not every second for as long as the disk is at fault.
                    if !hasFailed {
                        logger.error("the store could not be synced to disk", metadata: ["error": "\(error)"])
                    }
                    hasFailed = true
                }
            }
        }
    }
}
