// SPDX-License-Identifier: Apache-2.0

import CloakroomSessions
public import Logging
public import ServiceLifecycle

/// Goes on with rotations that the end of the daemon interrupted, and interrupts those under way at its next end.
public struct RotationService: Service {
    /// How long the end may wait for a step of a rotation; a step that removes what was replaced reads the whole store.
    private static let patience = Duration.seconds(20)

    private let rotations: Rotations
    private let pools: [AdministeredPool]
    private let logger: Logger

    /// Takes care of `rotations` of `pools`.
    public init(_ rotations: Rotations, pools: [AdministeredPool], logger: Logger) {
        self.rotations = rotations
        self.pools = pools
        self.logger = logger
    }

    /// Takes care until a graceful shutdown.
    public func run() async throws {
        for pool in pools {
            await pool.sessions.resumeRotation()
            // So that it can be interrupted, which takes somebody who waits for it.
            if pool.sessions.isRotating { _ = rotations.start(pool) }
        }
        try? await gracefulShutdown()
        for pool in pools { _ = rotations.interrupt(pool.name) }
        let end = ContinuousClock.now + Self.patience
        while pools.contains(where: \.sessions.isRotating) {
            guard ContinuousClock.now < end else {
                return logger.error("a rotation of keys does not end, and is given up")
            }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}
