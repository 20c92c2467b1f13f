// SPDX-License-Identifier: Apache-2.0

import CloakroomProtocol
import CloakroomSessions
import Logging
import NIOCore

/// A connection of the gate: answers one request after the other, in order. A check never leaves the event loop; the status is put
/// together elsewhere, and what comes meanwhile waits.
final class GateConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// What all connections share.
    struct Settings: Sendable {
        let responder: GateResponder
        /// The daemon's version.
        let version: String
        /// How long the gate may take to complete a frame, and to take its answers.
        let frameTimeout: TimeAmount
        let logger: Logger
    }

    private enum Phase {
        /// HELLO has not come yet.
        case new
        /// Nothing is under way.
        case ready
        /// The status is being put together.
        case busy
        /// Nothing more is answered.
        case closing
    }

    /// How long an idle connection is kept once the daemon stops, for what the gate has sent and we have not read.
    private static let quiescence = TimeAmount.milliseconds(25)

    private let settings: Settings
    private let peer: PeerCredentials
    private let client: SessionClient
    private let decoder = FrameDecoder(maximumFrame: GateRequest.maximumFrame)
    private var buffer = ByteBuffer()
    private var phase = Phase.new
    private var frameLimit: TimeLimit
    private var takingLimit: TimeLimit
    private var readIsHeldBack = false
    private var isQuiescing = false

    init(settings: Settings, peer: PeerCredentials) {
        self.settings = settings
        self.peer = peer
        client = SessionClient(pid: peer.pid)
        frameLimit = TimeLimit(settings.frameTimeout)
        takingLimit = TimeLimit(settings.frameTimeout)
    }

    func handlerAdded(context: ChannelHandlerContext) { limitFrame(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase != .closing else { return }
        var received = unwrapInboundIn(data)
        if buffer.readableBytes == 0 { buffer = received } else { buffer.writeBuffer(&received) }
        process(context)
    }

    func read(context: ChannelHandlerContext) {
        // What comes while an answer is under way waits in the socket.
        if phase == .busy || !context.channel.isWritable { readIsHeldBack = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            takingLimit.stop()
            process(context)
        } else {
            takingLimit.start(on: context.eventLoop) { [self] in
                settings.logger.notice("the gate does not take its answers and is disconnected", metadata: metadata)
                context.close(promise: nil)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .closing
        frameLimit.stop()
        takingLimit.stop()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isQuiescing = true
        closeWhenQuiet(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        settings.logger.debug("connection of the gate failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    // MARK: Requests

    private func process(_ context: ChannelHandlerContext) {
        while phase == .new || phase == .ready, context.channel.isWritable {
            do {
                guard let frame = try decoder.decode(buffer: &buffer) else { break }
                frameLimit.stop()
                try answer(GateRequest(frame: frame), context)
            } catch {
                write(.error(error as? ProtocolError ?? ProtocolError(for: error)), context)
            }
        }
        // All answers at once: the gate asks for several sessions in one packet, and waits for all.
        context.flush()
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
        if phase == .new || (phase == .ready && buffer.readableBytes > 0) { limitFrame(context) }
        if readIsHeldBack, phase != .busy, context.channel.isWritable {
            readIsHeldBack = false
            context.read()
        }
        if isQuiescing { closeWhenQuiet(context) }
    }

    private func answer(_ request: GateRequest, _ context: ChannelHandlerContext) throws(ProtocolError) {
        if case .hello(let version) = request {
            return write(.hello(try greeted(version), daemon: settings.version), context)
        }
        guard phase == .ready else { throw ProtocolError(.helloRequired, "the first request must be HELLO") }
        switch request {
        case .hello: break
        case .check(let check): write(settings.responder.answer(check, for: client), context)
        case .status: putStatusTogether(context)
        }
    }

    /// The version that is spoken from here on.
    private func greeted(_ version: ProtocolVersion) throws(ProtocolError) -> ProtocolVersion {
        guard !isQuiescing else { throw .stopping }
        guard version.rawValue >= GateRequest.version.rawValue else {
            throw ProtocolError(
                .unsupportedVersion,
                "version \(version.rawValue) of the gate's protocol; this daemon speaks \(GateRequest.version.rawValue)"
            )
        }
        phase = .ready
        return GateRequest.version
    }

    private func putStatusTogether(_ context: ChannelHandlerContext) {
        phase = .busy
        let (responder, eventLoop) = (settings.responder, context.eventLoop)
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: eventLoop)
        Task {
            let status = responder.statusAnswer()
            eventLoop.execute { bound.value.handler.finish(status, bound.value.context) }
        }
    }

    private func finish(_ response: GateResponse, _ context: ChannelHandlerContext) {
        guard phase == .busy else { return }
        phase = .ready
        write(response, context)
        process(context)
    }

    // MARK: Answers

    /// Writes an answer, which `process` sends; and closes after one that says so.
    private func write(_ response: GateResponse, _ context: ChannelHandlerContext) {
        var frame = context.channel.allocator.buffer(capacity: 64)
        response.encode(into: &frame)
        context.write(wrapOutboundOut(frame), promise: nil)
        guard case .error(let error) = response else { return }
        guard error.code.closesConnection else {
            return settings.logger.debug("request of the gate refused", metadata: ["error": "\(error)"])
        }
        phase = .closing
        frameLimit.stop()
        settings.logger.notice(
            "connection of the gate ended",
            metadata: metadata.merging(["reason": "\(error.message)"]) { $1 }
        )
        context.flush()
        context.close(promise: nil)
    }

    private var metadata: Logger.Metadata { ["uid": "\(peer.uid)", "pid": "\(peer.pid)"] }

    /// For the rest of a frame that has begun.
    private func limitFrame(_ context: ChannelHandlerContext) {
        frameLimit.start(on: context.eventLoop) { [self] in
            let error = ProtocolError(.frameTimedOut, "a frame was not complete within \(frameLimit.seconds) s")
            write(.error(error), context)
        }
    }

    /// Closes the connection of a daemon that stops, unless a request is under way; `process` comes back here.
    private func closeWhenQuiet(_ context: ChannelHandlerContext) {
        guard phase == .ready || phase == .new else { return }
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.quiescence) {
            guard self.phase == .ready || self.phase == .new else { return }
            // What the gate could send until now is read and answered; the end of that closes the connection.
            context.channel.endInput()
        }
    }
}
