// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomCore
import CloakroomSessions
import Logging
import NIOCore

/// One administrator's connection: greets, and has one request after the other carried out.
///
/// A client that asks nothing, or does not take what it is answered, is disconnected after a while. A request goes on without
/// its client.
final class AdminConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What all connections share.
    struct Settings: Sendable {
        let greeting: DaemonGreeting
        let responder: any AdminResponder
        let logger: Logger
        /// How long a client may take for its next request, and to take the last reply.
        var patience = TimeAmount.seconds(60)
    }

    private enum Phase {
        case waiting
        case busy
        case closing
    }

    private let settings: Settings
    private let peer: PeerCredentials
    private var phase = Phase.waiting
    private var buffer = ByteBuffer()
    private var limit: TimeLimit

    init(settings: Settings, peer: PeerCredentials) {
        self.settings = settings
        self.peer = peer
        limit = TimeLimit(settings.patience)
    }

    func channelActive(context: ChannelHandlerContext) {
        write(.hello(settings.greeting), context)
        awaitRequest(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase != .closing else { return }
        var received = unwrapInboundIn(data)
        buffer.writeBuffer(&received)
        guard phase == .waiting else {
            return refuse(AdminError(.busy, "a request while the last one is being answered"), context)
        }
        process(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .closing
        limit.stop()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        phase = .closing
        context.close(promise: nil)
    }

    private func process(_ context: ChannelHandlerContext) {
        let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self)
        switch AdminFrame.cut(length: length, available: buffer.readableBytes - AdminFrame.lengthField) {
        case .incomplete: break
        case .impossible(let length):
            refuse(
                AdminError(.tooLarge, "a frame of \(length) bytes; it has 1 to \(AdminFrame.maximumLength)"),
                context
            )
        case .message(let length):
            buffer.moveReaderIndex(forwardBy: AdminFrame.lengthField)
            let text = buffer.readSlice(length: length)
            guard buffer.readableBytes == 0 else {
                return refuse(AdminError(.busy, "a request while the last one is being answered"), context)
            }
            buffer.clear()
            do {
                carryOut(try AdminJSON.decode(AdminRequest.self, from: text?.readableBytesView ?? .init()), context)
            } catch {
                refuse(error, context)
            }
        }
    }

    private func carryOut(_ request: AdminRequest, _ context: ChannelHandlerContext) {
        phase = .busy
        limit.stop()
        settings.logger.log(
            level: request.isFrequent ? .debug : .info,
            "administrator asks",
            metadata: ["request": "\(request.summary)", "uid": "\(peer.uid)", "pid": "\(peer.pid)"]
        )
        let (responder, eventLoop) = (settings.responder, context.eventLoop)
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: eventLoop)
        let administrator = Administrator(uid: peer.uid, pid: peer.pid)
        let replies = ConnectionReplies(context.channel, to: administrator) { bytes, promise in
            bound.value.handler.write(bytes, bound.value.context, promise)
        }
        Task {
            let last = await responder.answer(request, replies)
            eventLoop.execute { bound.value.handler.finish(last, bound.value.context) }
        }
    }

    private func finish(_ reply: AdminReply, _ context: ChannelHandlerContext) {
        guard phase == .busy else { return }
        phase = .waiting
        write(reply, context)
        awaitRequest(context)
    }

    private func awaitRequest(_ context: ChannelHandlerContext) {
        limit.start(on: context.eventLoop) { [self] in
            refuse(AdminError(.idle, "no request for \(limit.seconds) s"), context)
        }
    }

    private func write(_ reply: AdminReply, _ context: ChannelHandlerContext) {
        guard phase != .closing else { return }
        do { write(try AdminFrame.bytes(of: reply), context) } catch {
            // What was asked for does not fit a message.
            refuse(error, context)
        }
    }

    private func write(
        _ bytes: [UInt8],
        _ context: ChannelHandlerContext,
        _ promise: EventLoopPromise<Void>? = nil
    ) {
        guard phase != .closing else { return promise?.fail(ChannelError.ioOnClosedChannel) ?? () }
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: promise)
    }

    /// Says what is wrong, and closes whether or not the client takes it.
    private func refuse(_ error: AdminError, _ context: ChannelHandlerContext) {
        phase = .closing
        limit.stop()
        settings.logger.notice(
            "an administrator's request is refused",
            metadata: ["uid": "\(peer.uid)", "pid": "\(peer.pid)", "reason": "\(error.message)"]
        )
        if let bytes = try? AdminFrame.bytes(of: AdminReply.error(error)) {
            context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
        }
        context.close(promise: nil)
    }
}

extension AdminRequest {
    /// Whether it is asked every few seconds, for as long as somebody watches.
    fileprivate var isFrequent: Bool { if case .status = self { true } else { false } }

    /// The request for the log.
    fileprivate var summary: String {
        switch self {
        case .keyrings(let pool): "keyrings \(pool ?? "of all pools")"
        case .keys(let pool): "keys \(pool ?? "of all pools")"
        case .rotate(let pool, _): "rotate \(pool)"
        case .interrupt(let pool): "interrupt \(pool)"
        case .retire(let pool, let key): "retire \(key) of \(pool)"
        case .reload: "reload"
        case .import(let request): "\(request)"
        case .status(let status): "status \(status.pool ?? "of all pools")"
        case .sessions(let request): request.summary
        case .checkpoint(let request): "checkpoint \(request.pool ?? "of all pools")"
        }
    }
}
