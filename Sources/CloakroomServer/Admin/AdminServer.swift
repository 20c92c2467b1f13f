// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
public import Logging
public import NIOCore
import NIOPosix
public import ServiceLifecycle

/// Serves the admin socket: says who may not use it, and has the others' requests carried out.
public struct AdminServer: Service {
    /// How many connections there may be. Those that are refused do not count.
    static let mostConnections = 16

    private let descriptors: [CInt]
    private let admission: RestrictedAdmission
    private let settings: AdminConnection.Settings
    private let group: any EventLoopGroup

    /// A server for listening sockets, which it owns from here on.
    ///
    /// - Parameters:
    ///   - descriptors: listening Unix stream sockets that do not block.
    ///   - version: the version of the daemon.
    public init(
        descriptors: [CInt],
        access: RestrictedAccess,
        responder: any AdminResponder,
        version: String,
        group: any EventLoopGroup,
        logger: Logger
    ) {
        self.descriptors = descriptors
        admission = RestrictedAdmission(access: access, logger: logger, complaint: "administrator refused")
        self.group = group
        settings = AdminConnection.Settings(
            greeting: DaemonGreeting(daemon: version),
            responder: responder,
            logger: logger
        )
    }

    /// Serves until a graceful shutdown, then closes all connections, also those that wait for a reply.
    ///
    /// - Throws: `IOError` when a descriptor cannot be served.
    public func run() async throws {
        let connections = AdminConnections(limit: Self.mostConnections)
        var listeners: [any Channel] = []
        for descriptor in descriptors {
            listeners.append(try await bootstrap(connections).withBoundSocket(descriptor).get())
        }
        try? await gracefulShutdown()
        for listener in listeners { try? await listener.close() }
        await connections.close()
    }

    private func bootstrap(_ connections: AdminConnections) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelInitializer { [settings] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPauseHandler(logger: settings.logger))
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try admit(channel, connections) }
            }
    }

    /// Serves a connection, unless it is refused.
    private func admit(_ channel: any Channel, _ connections: AdminConnections) throws {
        let peer = try admission.peer(of: channel) {
            connections.admit(channel)
                ? nil
                : "there are \(Self.mostConnections) connections to the admin socket, and no more are taken: end one"
        } answer: { refusal in
            ByteBuffer(bytes: try AdminFrame.bytes(of: AdminReply.error(AdminError(refusal.code, refusal.reason))))
        }
        guard let peer else { return }
        try channel.pipeline.syncOperations.addHandler(AdminConnection(settings: settings, peer: peer))
    }
}

extension RestrictedAdmission.Refusal {
    fileprivate var code: AdminError.Code {
        switch self {
        case .notAllowed: .refused
        case .noRoom: .tooMany
        }
    }
}
