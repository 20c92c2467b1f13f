// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomProtocol
import CloakroomSessions
import Logging
import NIOCore

/// One client's connection: takes frames from the stream, one after the other, and writes their answers. The next frame is
/// not looked at before the last has been answered and the client has taken what it was answered, and nothing more is
/// read from the socket meanwhile than fits a frame.
///
/// A deferred write outlives its client: what was received when the connection ended is carried out to the last such write,
/// with nobody to answer.
///
/// Runs on its channel's event loop. A request that can be answered at once never leaves it.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// What every connection of a listener shares.
    struct Settings: Sendable {
        let pools: [PoolName: RequestResponder]
        let frameTimeout: TimeAmount
        let logger: Logger
    }

    private enum Phase {
        /// HELLO has not come yet.
        case new
        /// Nothing is under way.
        case ready
        /// A request is being answered.
        case busy
        /// Nothing more is answered.
        case closing
    }

    /// How long an idle connection is kept once the daemon stops, for what the client has sent and we have not read.
    private static let quiescence = TimeAmount.milliseconds(25)

    private let settings: Settings
    private let peer: PeerCredentials
    private let grant: PoolGrant
    private let client: SessionClient
    /// The pool of the connection, once its first HELLO has come.
    private var responder: RequestResponder?
    private var decoder: FrameDecoder
    private var buffer = ByteBuffer()
    private var phase = Phase.new
    private var task: Task<Void, Never>?
    /// The request that is being carried out is a deferred write.
    private var isDeferred = false
    private let endPromise: EventLoopPromise<Void>
    private var bytes: ConnectionBytes
    private var frameLimit: TimeLimit
    private var takingLimit: TimeLimit
    // What the channel says, kept, since asking it takes a tenth of a microsecond.
    private var isWritable = true
    private var readIsHeldBack = false
    private var isProcessing = false
    private var isFlushing = false
    private var isQuiescing = false
    private var isInactive = false
    private var isAbandoned = false

    /// A handler of a connection that was admitted.
    init(
        settings: Settings,
        peer: PeerCredentials,
        grant: PoolGrant,
        share: ClientShare,
        eventLoop: any EventLoop
    ) {
        self.settings = settings
        self.peer = peer
        self.grant = grant
        endPromise = eventLoop.makePromise()
        client = SessionClient(pid: peer.pid)
        bytes = ConnectionBytes(share: share)
        let maximumData = grant.pools.compactMap { settings.pools[$0]?.service.rules.maximumData }.max()
        decoder = FrameDecoder(limits: FrameLimits(maximumData: maximumData ?? 0))
        frameLimit = TimeLimit(settings.frameTimeout)
        takingLimit = TimeLimit(settings.frameTimeout)
    }

    private var logger: Logger { responder?.logger ?? settings.logger }

    /// Succeeds once the connection is closed and nothing of what it asked is under way.
    var end: EventLoopFuture<Void> { endPromise.futureResult }

    func handlerAdded(context: ChannelHandlerContext) {
        limitFrame(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Nothing is looked at behind an error that ends the connection.
        guard phase != .closing else { return }
        var received = unwrapInboundIn(data)
        if buffer.readableBytes == 0 { buffer = received } else { buffer.writeBuffer(&received) }
        guard bytes.hold(request: buffer.readableBytes) else { return refuseBytes(context) }
        process(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable {
            answersWereTaken()
            process(context)
            flush(context)
            resumeReading(context)
        } else {
            limitTaking(context)
        }
        context.fireChannelWritabilityChanged()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
    }

    func read(context: ChannelHandlerContext) {
        // While a request or its answer is under way its client has nothing to say, so one frame's worth may wait here and
        // no more.
        let isOccupied = !isFlushing && (phase == .busy || !isWritable)
        if isOccupied, buffer.readableBytes > 0 { readIsHeldBack = true } else { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isInactive = true
        frameLimit.stop()
        takingLimit.stop()
        if !isDeferred { task?.cancel() }
        settle(context)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isQuiescing = true
        if phase != .busy { return closeWhenQuiet(context) }
        // Ends a wait for a lock; the client asks the next daemon, unless it does not know that it waits.
        if !isDeferred { task?.cancel() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.debug("connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    // MARK: Requests

    private func process(_ context: ChannelHandlerContext) {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        while phase == .new || phase == .ready, isInactive || isWritable {
            do {
                guard let frame = try decoder.decode(buffer: &buffer) else { break }
                frameLimit.stop()
                try admit(Request(frame: frame), context)
            } catch {
                refuse(error, context)
            }
        }
        // Nobody holds on to bytes that are used up, so that the channel can receive into the same memory again.
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
        if phase != .busy { bytes.settle(request: buffer.readableBytes) }
        guard !isInactive else { return }
        if isQuiescing, phase == .ready { closeWhenQuiet(context) }
        guard isWritable else { return }
        if phase == .new || (phase == .ready && buffer.readableBytes > 0) { limitFrame(context) }
    }

    private func admit(_ request: Request, _ context: ChannelHandlerContext) throws(ProtocolError) {
        if case .hello(let hello) = request { return try greet(hello, context) }
        guard phase == .ready, let responder else {
            throw ProtocolError(.helloRequired, "the first request must be HELLO")
        }
        if isInactive, request.isForItsAnswer { return }
        perform(request, responder, context)
    }

    private func greet(_ hello: Request.Hello, _ context: ChannelHandlerContext) throws(ProtocolError) {
        // A stopping daemon ends what was begun, and leaves what begins to the next one.
        let responder = try self.responder(for: hello.pool)
        let deferredWrites = responder.service.deferredWrites
        guard !isQuiescing, !deferredWrites.isStopping else { throw .stopping }
        guard hello.version.rawValue >= ProtocolVersion.current.rawValue else {
            throw ProtocolError(
                .unsupportedVersion,
                "protocol version \(hello.version.rawValue); this daemon speaks \(ProtocolVersion.current.rawValue)"
            )
        }
        responder.service.settleSearch(of: client)
        responder.service.release(client)
        client.label = hello.label
        client.claims = hello.claims
        phase = .ready
        if self.responder == nil {
            self.responder = responder
            responder.connections.add(1)
            decoder = FrameDecoder(limits: responder.limits)
        }
        let rules = responder.service.rules
        let answer = Response.Hello(
            version: .current,
            nonce: hello.nonce,
            deferred: deferredWrites.areTaken,
            maximumData: UInt32(clamping: rules.maximumData),
            lockWait: UInt32(clamping: Int64(rules.lockWait / .milliseconds(1))),
            sessionKey: rules.users.sessionKey,
            readThrough: rules.readThrough
        )
        write(.hello(answer), context)
    }

    /// The pool of a HELLO: the one that the connection is in already, or that its peer may use and asks for.
    private func responder(for claimed: PoolName?) throws(ProtocolError) -> RequestResponder {
        if let responder {
            guard let claimed, claimed != responder.pool else { return responder }
            throw refusal("this connection is in the pool \(responder.pool), and cannot change to \(claimed)")
        }
        switch grant.pool(claimed: claimed) {
        case .pool(let pool):
            guard let responder = settings.pools[pool] else {
                throw ProtocolError(.internalFault, "the pool \(pool) is not served")
            }
            return responder
        case .refused(let reason): throw refusal(reason)
        }
    }

    private func refusal(_ reason: String) -> ProtocolError {
        settings.logger.warning(
            "connection refused",
            metadata: ["uid": "\(peer.uid)", "pid": "\(peer.pid)", "reason": "\(reason)"]
        )
        return ProtocolError(.refused, reason)
    }

    private func perform(_ request: Request, _ responder: RequestResponder, _ context: ChannelHandlerContext) {
        let begin = LatencyClock.now()
        switch responder.respondNow(to: request, for: client) {
        case .done(let response):
            if let response { write(response, context) }
            responder.count(request, since: begin)
        case .delayed(let response, let pause):
            // The pause is for whoever guesses, and no work.
            responder.count(request, since: begin)
            wait(for: request, context) {
                await pause()
                return response
            }
        case .mustWait:
            let client = client
            wait(for: request, context) {
                let response = await responder.response(to: request, for: client)
                responder.count(request, since: begin, waited: client.takeWait())
                return response
            }
        }
    }

    /// Has a request carried out that has to wait, and takes the next one when it was.
    private func wait(
        for request: Request,
        _ context: ChannelHandlerContext,
        _ answer: @escaping @Sendable () async -> Response?
    ) {
        phase = .busy
        isDeferred = request.isDeferred
        let eventLoop = context.eventLoop
        let connection = NIOLoopBound((handler: self, context: context), eventLoop: eventLoop)
        // Immediate: it waits from here and now on, in the order in which requests came.
        let task = Task.immediate {
            let response = await answer()
            if eventLoop.inEventLoop {
                connection.value.handler.finish(response, connection.value.context)
            } else {
                eventLoop.execute { connection.value.handler.finish(response, connection.value.context) }
            }
        }
        guard phase == .busy else { return }
        self.task = task
        if isAbandoned || (isInactive && !isDeferred) { task.cancel() }
    }

    private func finish(_ response: Response?, _ context: ChannelHandlerContext) {
        task = nil
        phase = .ready
        isDeferred = false
        if !isInactive, let response { write(response, context) }
        guard !isProcessing else { return }
        if isInactive { return settle(context) }
        process(context)
        flush(context)
        resumeReading(context)
    }

    private func flush(_ context: ChannelHandlerContext) {
        // When the client has gone, NIO takes what it sent before, if it may read, and closes then.
        isFlushing = true
        context.flush()
        isFlushing = false
    }

    private func resumeReading(_ context: ChannelHandlerContext) {
        guard readIsHeldBack, phase != .busy, isWritable else { return }
        readIsHeldBack = false
        context.read()
    }

    /// Carries out what a client that is gone has sent before, one request after the other, and leaves.
    private func settle(_ context: ChannelHandlerContext) {
        if !isAbandoned { process(context) }
        // A request under way ends first, so that its lock is not passed on beneath it.
        if phase != .busy { leave() }
    }

    private func leave() {
        phase = .closing
        bytes.settle(request: 0)
        responder?.service.settleSearch(of: client)
        responder?.service.release(client)
        responder?.connections.add(-1)
        endPromise.succeed()
    }

    /// Ends also the connection of a channel that closed before it was active.
    func channelHasClosed() {
        if !isInactive { leave() }
    }

    /// Gives up what a client that is gone has left to be done.
    func abandon() {
        isAbandoned = true
        task?.cancel()
    }

    // MARK: Answers

    private func refuse(_ error: any Error, _ context: ChannelHandlerContext) {
        let refusal = error as? ProtocolError ?? ProtocolError(.internalFault, "\(error)")
        logger.info("request refused", metadata: ["error": "\(refusal)"])
        write(.error(refusal), context)
    }

    /// Refuses a request whose bytes exceed what is left of the user's share.
    private func refuseBytes(_ context: ChannelHandlerContext) {
        // In the middle of another request an error would be taken for its answer.
        guard phase == .new || phase == .ready else { return context.close(promise: nil) }
        refuse(Self.tooManyBytes, context)
    }

    private static let tooManyBytes = ProtocolError(
        .tooManyBytes,
        "too many large requests and answers of this user are under way; see limits.bytes_in_flight_per_user"
    )

    /// Writes an answer, and closes after one that says so.
    private func write(_ response: Response, _ context: ChannelHandlerContext) {
        guard !isInactive else {
            if response.closesConnection { phase = .closing }
            return
        }
        let size = response.encodedSize
        if size > ClientLimits.smallMessage { return writeLarge(response, size, context) }
        let frame = wrapOutboundOut(encoded(response, size, context))
        if response.closesConnection {
            phase = .closing
            frameLimit.stop()
            // Whoever reads no answers will not read this one either.
            limitTaking(context)
            context.writeAndFlush(frame).assumeIsolated().whenComplete { _ in
                context.close(promise: nil)
            }
        } else {
            context.write(frame, promise: nil)
        }
    }

    /// Writes an answer that counts until the client has taken it.
    private func writeLarge(_ response: Response, _ size: Int, _ context: ChannelHandlerContext) {
        guard bytes.hold(answer: size) else { return refuse(Self.tooManyBytes, context) }
        limitTaking(context)
        context.write(wrapOutboundOut(encoded(response, size, context))).assumeIsolated().whenComplete { _ in
            self.bytes.release(answer: size)
            if self.isWritable { self.answersWereTaken() }
        }
    }

    private func encoded(_ response: Response, _ size: Int, _ context: ChannelHandlerContext) -> ByteBuffer {
        var frame = context.channel.allocator.buffer(capacity: size)
        response.encode(into: &frame)
        return frame
    }

    /// Closes the connection, unless its client is in the middle of something: a request under way, or a session that it has
    /// read and will write. `process` comes back here.
    private func closeWhenQuiet(_ context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.quiescence) {
            guard self.phase == .ready || self.phase == .new, !self.client.holdsLock else { return }
            // What the client could send until now is read and carried out; the end of that closes the connection.
            context.channel.endInput()
        }
    }

    // MARK: Time limits

    /// For the rest of a frame that has begun.
    private func limitFrame(_ context: ChannelHandlerContext) {
        frameLimit.start(on: context.eventLoop) { [self] in
            refuse(ProtocolError(.frameTimedOut, "a frame was not complete within \(frameLimit.seconds) s"), context)
        }
    }

    /// For taking answers.
    private func limitTaking(_ context: ChannelHandlerContext) {
        takingLimit.start(on: context.eventLoop) { [self] in
            logger.notice("a client does not take its answers and is disconnected")
            context.close(promise: nil)
        }
    }

    private func answersWereTaken() {
        guard bytes.answers == 0, phase != .closing else { return }
        takingLimit.stop()
    }
}
