// SPDX-License-Identifier: Apache-2.0

public import CloakroomSessions
public import ServiceLifecycle

/// Removes a pool's expired sessions in the background, and has the time stored after each sweep of the standard pool.
public struct SweepService: Service {
    private let sessions: SessionService
    private let interval: Duration
    private let clock: ClockKeeper?

    /// Sweeps every `interval`.
    public init(sessions: SessionService, interval: Duration, clock: ClockKeeper?) {
        self.sessions = sessions
        self.interval = interval
        self.clock = clock
    }

    /// Sweeps until a graceful shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await sessions.sweep(every: interval, afterEach: { clock?.keep() }) }
    }
}
