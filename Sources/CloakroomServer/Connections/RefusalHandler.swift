// SPDX-License-Identifier: Apache-2.0

import CloakroomProtocol
import NIOCore

/// Answers a connection with one message, which says why it is refused, and closes it, whatever the client sends.
final class RefusalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: ByteBuffer

    init(answer: ByteBuffer) { self.answer = answer }

    convenience init(_ refusal: ProtocolError) {
        var answer = ByteBuffer()
        Response.error(refusal).encode(into: &answer)
        self.init(answer: answer)
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}
