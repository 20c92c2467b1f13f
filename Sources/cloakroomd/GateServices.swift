// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration
import CloakroomServer
import Logging
import NIOCore
import ServiceLifecycle

/// What serves the gate in front of PHP.
struct GateServices {
    private let configuration: Configuration
    private let pools: [AdministeredPool]
    private let listening: RestrictedListening
    private let access: RestrictedAccess
    private let logger: Logger

    /// Takes systemd's sockets for the gate, or makes one.
    init(
        _ configuration: Configuration,
        pools: [AdministeredPool],
        members: PoolMembers,
        _ passed: SystemdSockets,
        _ logger: Logger
    ) throws {
        self.configuration = configuration
        self.pools = pools
        self.logger = logger
        listening = try RestrictedListening(.gate, passed: passed.ofGate, configuration.server) { error in
            logger.warning("there is no socket for cloakroom-fcgi", metadata: ["error": "\(error)"])
        }
        access = RestrictedAccess(to: .gate, group: listening.group, members: members)
    }

    /// The service, to be run until the end of the daemon.
    ///
    /// - Parameter status: says how the daemon is.
    func service(_ group: any EventLoopGroup, status: StatusReporter) -> any Service {
        GateServer(
            descriptors: listening.descriptors,
            access: access,
            pools: pools,
            status: status,
            version: Daemon.version,
            frameTimeout: configuration.server.frameTimeout,
            group: group,
            logger: logger
        )
    }

    /// Removes the socket that the daemon made.
    func close() { listening.close() }
}
