// SPDX-License-Identifier: Apache-2.0

import CloakroomProtocol
public import CloakroomSessions
public import Logging
public import NIOCore
import NIOPosix
public import ServiceLifecycle

/// Serves PHP's socket: accepts connections, refuses users who may not use it, and answers the others' requests.
public struct ClientServer: Service {
    /// How long a stopping server waits for requests under way and for sessions that are held. With the next start it is
    /// less than the five seconds for which PHP waits for an answer.
    private static let drainTime = Duration.seconds(3)

    /// How long it waits then for what clients have left to be done: locks pass on as soon as connections close.
    private static let settlingTime = Duration.seconds(1)

    /// The number of bytes taken from a socket at a time.
    private static let receiveBuffer = 16 << 10

    private let descriptors: [CInt]
    private let users: AllowedUsers
    private let register: ClientRegister
    private let settings: ConnectionHandler.Settings
    private let group: any EventLoopGroup

    /// A server for listening sockets, which it owns from here on.
    ///
    /// - Parameters:
    ///   - descriptors: listening Unix stream sockets.
    ///   - limits: what clients may take.
    ///   - frameTimeout: how long a client may take to complete a frame, and to take its answers.
    public init(
        descriptors: [CInt],
        service: SessionService,
        users: AllowedUsers,
        limits: ClientLimits,
        frameTimeout: Duration,
        group: any EventLoopGroup,
        logger: Logger
    ) {
        self.descriptors = descriptors
        self.users = users
        register = ClientRegister(limits: limits)
        self.group = group
        settings = ConnectionHandler.Settings(
            responder: RequestResponder(service: service, logger: logger),
            limits: FrameLimits(maximumData: service.rules.maximumData),
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
        settings.responder.service.deferredWrites.note(.stopping)
        for listener in listeners { try? await listener.close() }
        let late = Task {
            try await Task.sleep(for: Self.drainTime)
            settings.logger.warning(
                "sessions are still in use after \(Self.drainTime); their connections are closed"
            )
            connections.endInput()
            try await Task.sleep(for: Self.settlingTime)
            if connections.abandon() { settings.logger.error("writes that nobody waits for are given up") }
        }
        await connections.quiesce()
        late.cancel()
    }

    private func bootstrap(_ connections: OpenChannels) -> ServerBootstrap {
        let (users, register, settings) = (users, register, settings)
        let watermark = ChannelOptions.Types.WriteBufferWaterMark(
            low: register.limits.bytesInFlight / 2,
            high: register.limits.bytesInFlight
        )
        return ServerBootstrap(group: group)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPauseHandler(logger: settings.logger))
                }
            }
            .childChannelOption(.maxMessagesPerRead, value: 1)
            // Most requests in one read, where the adaptive allocator begins with 2 KiB.
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.receiveBuffer))
            .childChannelOption(.writeBufferWaterMark, value: watermark)
            .childChannelInitializer { channel in
                connections.add(channel)
                return Self.prepare(channel, users: users, register: register, settings: settings, connections)
            }
    }

    private static func prepare(
        _ channel: any Channel,
        users: AllowedUsers,
        register: ClientRegister,
        settings: ConnectionHandler.Settings,
        _ connections: OpenChannels
    ) -> EventLoopFuture<Void> {
        PeerCredentials.of(channel).flatMapThrowing { peer in
            let pipeline = channel.pipeline.syncOperations
            let refusal: ProtocolError
            switch users.contains(peer.uid) ? register.admit(peer.uid) : nil {
            case .admitted(let share):
                let eventLoop = channel.eventLoop
                let handler = ConnectionHandler(settings: settings, peer: peer, share: share, eventLoop: eventLoop)
                // A client that goes before its writes are carried out makes no room for another one.
                handler.end.whenComplete { _ in register.leave(peer.uid) }
                let bound = NIOLoopBound(handler, eventLoop: eventLoop)
                channel.closeFuture.whenComplete { _ in bound.value.channelHasClosed() }
                connections.add(end: handler.end) { eventLoop.execute { bound.value.abandon() } }
                return try pipeline.addHandler(handler)
            case .tooMany: refusal = .tooManyConnections(register.limits.connections, "limits.connections")
            case .tooManyOfUser:
                refusal = .tooManyConnections(register.limits.connectionsPerUser, "limits.connections_per_user")
            case nil:
                refusal = ProtocolError(
                    .refused,
                    "user \(peer.uid) may not use this socket; see server.users in the configuration"
                )
            }
            settings.logger.warning(
                "connection refused",
                metadata: ["uid": "\(peer.uid)", "pid": "\(peer.pid)", "reason": "\(refusal.message)"]
            )
            try pipeline.addHandler(RefusalHandler(refusal))
        }
    }
}

extension ProtocolError {
    fileprivate static func tooManyConnections(_ limit: Int, _ setting: String) -> ProtocolError {
        ProtocolError(.tooManyConnections, "there are \(limit) connections, and no more are taken; see \(setting)")
    }
}
