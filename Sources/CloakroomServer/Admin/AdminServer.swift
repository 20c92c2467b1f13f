// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCore
import Glibc
public import Logging
public import NIOCore
import NIOPosix
public import ServiceLifecycle

/// Serves the admin socket: says who may not use it, and has the others' requests carried out.
public struct AdminServer: Service {
    /// How many connections there may be. Those that are refused do not count.
    static let mostConnections = 16

    private let descriptors: [CInt]
    private let access: AdminAccess
    private let settings: AdminConnection.Settings
    private let group: any EventLoopGroup

    /// A server for listening sockets, which it owns from here on.
    ///
    /// - Parameters:
    ///   - descriptors: listening Unix stream sockets that do not block.
    ///   - version: the version of the daemon.
    public init(
        descriptors: [CInt],
        access: AdminAccess,
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
    /// - Throws: ``SocketError`` when the socket cannot be served.
    public func run() async throws {
        let connections = AdminConnections(limit: Self.mostConnections)
        let acceptor = try AdminAcceptor(descriptors, logger: settings.logger) { descriptor in
            admit(descriptor, connections)
        }
        try? await gracefulShutdown()
        acceptor.stop()
        await connections.close()
    }

    /// Serves a connection, or refuses it before anything of it is read.
    private func admit(_ descriptor: CInt, _ connections: AdminConnections) {
        let peer: PeerCredentials
        do { peer = try PeerCredentials(of: descriptor, withGroups: true) } catch {
            return refuse(descriptor, AdminError(.refused, error.message), of: nil)
        }
        switch access.verdict(user: peer.uid, groups: peer.groups) {
        case .refused(let reason): return refuse(descriptor, AdminError(.refused, reason), of: peer)
        case .admitted: break
        }
        guard connections.reserve() else {
            let reason =
                "there are \(Self.mostConnections) connections to the admin socket, and no more are taken: end one"
            return refuse(descriptor, AdminError(.tooMany, reason), of: peer)
        }
        let settings = settings
        ClientBootstrap(group: group)
            .channelOption(.allowRemoteHalfClosure, value: false)
            .channelInitializer { channel in
                connections.add(channel)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AdminConnection(settings: settings, peer: peer))
                }
            }
            .withConnectedSocket(descriptor)
            .whenFailure { error in
                connections.giveBack()
                settings.logger.warning("an administrator could not be served", metadata: ["error": "\(error)"])
            }
    }

    /// Sends a reply, if there is room for it, and closes.
    private func refuse(_ descriptor: CInt, _ error: AdminError, of peer: PeerCredentials?) {
        settings.logger.warning(
            "administrator refused",
            metadata: [
                "uid": "\(peer.map { "\($0.uid)" } ?? "")", "pid": "\(peer.map { "\($0.pid)" } ?? "")",
                "reason": "\(error.message)",
            ]
        )
        if let bytes = try? AdminFrame.bytes(of: AdminReply.error(error)) {
            _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
        _ = Glibc.close(descriptor)
    }
}
