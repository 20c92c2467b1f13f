// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
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

    private let sockets: [ClientSocket]
    private let members: PoolMembers
    private let register: ClientRegister
    private let settings: ConnectionHandler.Settings
    private let group: any EventLoopGroup

    /// A server for listening sockets, which it owns from here on.
    ///
    /// - Parameters:
    ///   - sockets: listening Unix stream sockets.
    ///   - pools: the sessions of each pool that `members` has.
    ///   - limits: what clients may take.
    ///   - frameTimeout: how long a client may take to complete a frame, and to take its answers.
    public init(
        sockets: [ClientSocket],
        pools: [PoolName: SessionService],
        members: PoolMembers,
        limits: ClientLimits,
        frameTimeout: Duration,
        group: any EventLoopGroup,
        logger: Logger
    ) {
        self.sockets = sockets
        self.members = members
        register = ClientRegister(limits: limits)
        self.group = group
        settings = ConnectionHandler.Settings(
            pools: Dictionary(
                uniqueKeysWithValues: pools.map { pool, service in
                    (pool, RequestResponder(pool: pool, service: service, logger: logger.naming(pool)))
                }
            ),
            frameTimeout: TimeAmount(frameTimeout),
            logger: logger
        )
    }

    /// How many connections there are at any time.
    public var census: ConnectionCensus { ConnectionCensus(register, settings.pools.mapValues(\.connections)) }

    /// Serves until a graceful shutdown, then stops accepting, answers what has been asked, and closes.
    ///
    /// - Throws: `IOError` when a descriptor cannot be served.
    public func run() async throws {
        let connections = OpenChannels()
        var listeners: [any Channel] = []
        for socket in sockets {
            let bootstrap = bootstrap(connections, socket.pool)
            listeners.append(try await bootstrap.withBoundSocket(socket.descriptor).get())
        }
        try? await gracefulShutdown()
        for responder in settings.pools.values { responder.service.deferredWrites.note(.stopping) }
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

    private func bootstrap(_ connections: OpenChannels, _ pool: PoolName?) -> ServerBootstrap {
        let (members, register, settings) = (members, register, settings)
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
                return channel.eventLoop.makeCompletedFuture {
                    let peer = try PeerCredentials(of: channel, withGroups: members.haveGroups)
                    let access = members.access(user: peer.uid, groups: peer.groups, socket: pool)
                    try Self.prepare(channel, peer, access, register: register, settings: settings, connections)
                }
            }
    }

    private static func prepare(
        _ channel: any Channel,
        _ peer: PeerCredentials,
        _ access: PoolAccess,
        register: ClientRegister,
        settings: ConnectionHandler.Settings,
        _ connections: OpenChannels
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        let refusal: ProtocolError
        switch access {
        case .granted(let grant):
            switch register.admit(peer.uid) {
            case .admitted(let share):
                let eventLoop = channel.eventLoop
                let handler = ConnectionHandler(
                    settings: settings,
                    peer: peer,
                    grant: grant,
                    share: share,
                    eventLoop: eventLoop
                )
                // A client that goes before its writes are carried out makes no room for another one.
                handler.end.whenComplete { _ in register.leave(peer.uid) }
                let bound = NIOLoopBound(handler, eventLoop: eventLoop)
                channel.closeFuture.whenComplete { _ in bound.value.channelHasClosed() }
                connections.add(end: handler.end) { eventLoop.execute { bound.value.abandon() } }
                return try pipeline.addHandler(handler)
            case .tooMany: refusal = .tooManyConnections(register.limits.connections, "limits.connections")
            case .tooManyOfUser:
                refusal = .tooManyConnections(register.limits.connectionsPerUser, "limits.connections_per_user")
            }
        case .stranger:
            refusal = ProtocolError(
                .refused,
                "user \(peer.uid) may not use this socket; see server.users and [pools] in the configuration"
            )
        case .otherPool(let pool):
            refusal = ProtocolError(
                .refused,
                "user \(peer.uid) may not use this socket, which is that of the pool \(pool); see [pools.\(pool)] in the "
                    + "configuration"
            )
        }
        register.noteRefusal()
        settings.logger.warning(
            "connection refused",
            metadata: ["uid": "\(peer.uid)", "pid": "\(peer.pid)", "reason": "\(refusal.message)"]
        )
        try pipeline.addHandler(RefusalHandler(refusal))
    }
}

extension ProtocolError {
    fileprivate static func tooManyConnections(_ limit: Int, _ setting: String) -> ProtocolError {
        ProtocolError(.tooManyConnections, "there are \(limit) connections, and no more are taken; see \(setting)")
    }
}
