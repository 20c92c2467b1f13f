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
    private let admission: RestrictedAdmission
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
        admission = RestrictedAdmission(
            access: access,
            logger: logger,
            complaint: "connection to the gate's socket refused"
        )
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

    /// Serves a connection, unless it is refused.
    private func admit(_ channel: any Channel, _ connections: OpenChannels) throws {
        let peer = try admission.peer(of: channel) {
            connections.add(channel, limit: Self.mostConnections)
                ? nil : "there are \(Self.mostConnections) connections of the gate, and no more are taken"
        } answer: { refusal in
            var answer = ByteBuffer()
            GateResponse.error(ProtocolError(refusal.code, refusal.reason)).encode(into: &answer)
            return answer
        }
        guard let peer else { return }
        try channel.pipeline.syncOperations.addHandler(GateConnection(settings: settings, peer: peer))
    }
}

extension RestrictedAdmission.Refusal {
    fileprivate var code: ErrorCode {
        switch self {
        case .notAllowed: .refused
        case .noRoom: .tooManyConnections
        }
    }
}
