// SPDX-License-Identifier: Apache-2.0

import CloakroomSystem
import CloakroomConfiguration
import CloakroomServer
import CloakroomSessions
import CloakroomStatus
import Logging
import NIOCore
import ServiceLifecycle

/// What serves administrators: the admin socket, reloads, and rotations of keys.
struct AdminServices {
    /// What it takes from the daemon.
    struct Parts {
        let configuration: Configuration
        let load: Reloader.Load
        let pools: [AdministeredPool]
        let members: PoolMembers
        let threshold: LogThreshold
        let notifier: SystemdNotifier?
        let clock: SteadyClock
        let checkpoints: Checkpoints
        let logger: Logger
    }

    private let parts: Parts
    private let listening: RestrictedListening
    private let access: RestrictedAccess

    /// Takes systemd's admin sockets, or makes one.
    init(_ parts: Parts, _ passed: SystemdSockets) throws {
        self.parts = parts
        listening = try RestrictedListening(
            .admin,
            passed: passed.ofAdministrators,
            parts.configuration.server
        ) { error in
            parts.logger.warning("there is no admin socket for cloakroomctl", metadata: ["error": "\(error)"])
        }
        access = RestrictedAccess(to: .admin, group: listening.group, members: parts.members)
    }

    /// The services, to be run until the end of the daemon.
    ///
    /// - Parameter status: says how the daemon is.
    func services(_ group: any EventLoopGroup, status: StatusReporter) -> [any Service] {
        let reloader = Reloader(
            configuration: parts.configuration,
            pools: parts.pools,
            threshold: parts.threshold,
            notifier: parts.notifier,
            logger: parts.logger,
            load: parts.load
        )
        let rotations = Rotations()
        let server = AdminServer(
            descriptors: listening.descriptors,
            access: access,
            responder: Administration(
                pools: parts.pools,
                members: parts.members,
                rotations: rotations,
                reloader: reloader,
                clock: parts.clock,
                status: status,
                checkpoints: parts.checkpoints
            ),
            version: Daemon.version,
            group: group,
            logger: parts.logger
        )
        return [
            ReloadService(reloader), RotationService(rotations, pools: parts.pools, logger: parts.logger), server,
        ]
    }

    /// Removes the socket that the daemon made.
    func close() { listening.close() }
}
