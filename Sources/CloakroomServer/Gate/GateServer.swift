// SPDX-License-Identifier: Apache-2.0

import CloakroomProtocol
public import Logging
public import NIOCore
import NIOPosix
public import ServiceLifecycle

/// Serves the gate in front of PHP: says who may not use its socket, and has the others' requests answered.
public struct GateServer: Service {
    /// How many connections there may be. Those that are refused do not count.
    static let mostConnections = 256
    /// How long a stopping server waits for what is being answered.
    private static let drainTime = Duration.seconds(1)

    private let descriptors: [CInt]
    private let access: RestrictedAccess
    private let settings: GateConnection.Settings
    private let group: any EventLoopGroup

    /// A server for listening sockets, which it owns from here on.
    ///
    /// - Parameters:
    ///   - descriptors: listening Unix stream sockets that do not block.
    ///   - version: the version of the daemon.
    ///   - frameTimeout: how long the gate may take to complete a frame, and to take its answers.
    public init(
        descriptors: [CInt],
        access: RestrictedAccess,
        pools: [AdministeredPool],
        status: StatusReporter,
        version: String,
        frameTimeout: Duration,
        group: any EventLoopGroup,
        logger: Logger
    ) {
        self.descriptors = descriptors
        self.access = access
        self.group = group
        settings = GateConnection.Settings(
            responder: GateResponder(pools: pools, status: status, logger: logger),
            version: version,
            frameTimeout: TimeAmount(frameTimeout),
            logger: logger
        )
    }

    /// Serves until a graceful shutdown, then stops accepting, answers what has been asked, and closes.
    ///
    /// - Throws: `IOError` when a descriptor cannot be served.
    public func run() async throws {
        let connections = OpenChannels()
        var listeners: [any Channel] = []
        for descriptor in descriptors {
            listeners.append(try await bootstrap(connections).withBoundSocket(descriptor).get())
        }
        try? await gracefulShutdown()
        for listener in listeners { try? await listener.close() }
        let late = Task {
            try await Task.sleep(for: Self.drainTime)
            _ = connections.abandon()
        }
        await connections.quiesce()
        late.cancel()
    }

    private func bootstrap(_ connections: OpenChannels) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelInitializer { [settings] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPauseHandler(logger: settings.logger))
                }
            }
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try admit(channel, connections) }
            }
    }

    /// Serves a connection, or refuses it before anything of it is read.
    private func admit(_ channel: any Channel, _ connections: OpenChannels) throws {
        let peer: PeerCredentials
        do { peer = try PeerCredentials(of: channel, withGroups: true) } catch {
            return try refuse(channel, ProtocolError(.refused, "\(error)"), of: nil)
        }
        switch access.verdict(user: peer.uid, groups: peer.groups) {
        case .refused(let reason): return try refuse(channel, ProtocolError(.refused, reason), of: peer)
        case .admitted: break
        }
        guard connections.add(channel, limit: Self.mostConnections) else {
            let reason = "there are \(Self.mostConnections) connections of the gate, and no more are taken"
            return try refuse(channel, ProtocolError(.tooManyConnections, reason), of: peer)
        }
        try channel.pipeline.syncOperations.addHandler(GateConnection(settings: settings, peer: peer))
    }

    private func refuse(_ channel: any Channel, _ error: ProtocolError, of peer: PeerCredentials?) throws {
        settings.logger.warning(
            "connection to the gate's socket refused",
            metadata: [
                "uid": "\(peer.map { "\($0.uid)" } ?? "")", "pid": "\(peer.map { "\($0.pid)" } ?? "")",
                "reason": "\(error.message)",
            ]
        )
        var answer = ByteBuffer()
        GateResponse.error(error).encode(into: &answer)
        try channel.pipeline.syncOperations.addHandler(RefusalHandler(answer: answer))
    }
}
