// SPDX-License-Identifier: Apache-2.0

public import CloakroomSessions
public import ServiceLifecycle

/// Removes expired sessions in the background.
public struct SweepService: Service {
    private let sessions: SessionService
    private let interval: Duration

    /// Sweeps every `interval`.
    public init(sessions: SessionService, interval: Duration) {
        self.sessions = sessions
        self.interval = interval
    }

    /// Sweeps until a graceful shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await sessions.sweep(every: interval) }
    }
}
