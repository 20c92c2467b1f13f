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
    private let access: RestrictedAccess
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
        self.access = access
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

    /// Serves a connection, or refuses it before anything of it is read.
    private func admit(_ channel: any Channel, _ connections: AdminConnections) throws {
        let peer: PeerCredentials
        do { peer = try PeerCredentials(of: channel, withGroups: true) } catch {
            return try refuse(channel, AdminError(.refused, "\(error)"), of: nil)
        }
        switch access.verdict(user: peer.uid, groups: peer.groups) {
        case .refused(let reason): return try refuse(channel, AdminError(.refused, reason), of: peer)
        case .admitted: break
        }
        guard connections.admit(channel) else {
            let reason =
                "there are \(Self.mostConnections) connections to the admin socket, and no more are taken: end one"
            return try refuse(channel, AdminError(.tooMany, reason), of: peer)
        }
        try channel.pipeline.syncOperations.addHandler(AdminConnection(settings: settings, peer: peer))
    }

    private func refuse(_ channel: any Channel, _ error: AdminError, of peer: PeerCredentials?) throws {
        settings.logger.warning(
            "administrator refused",
            metadata: [
                "uid": "\(peer.map { "\($0.uid)" } ?? "")", "pid": "\(peer.map { "\($0.pid)" } ?? "")",
                "reason": "\(error.message)",
            ]
        )
        let answer = ByteBuffer(bytes: try AdminFrame.bytes(of: AdminReply.error(error)))
        try channel.pipeline.syncOperations.addHandler(RefusalHandler(answer: answer))
    }
}
