// SPDX-License-Identifier: Apache-2.0

import CloakroomProtocol
import NIOCore

/// Answers a connection with one error and closes it, whatever the client sends.
final class RefusalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let refusal: ProtocolError

    init(_ refusal: ProtocolError) { self.refusal = refusal }

    func channelActive(context: ChannelHandlerContext) {
        var bytes = context.channel.allocator.buffer(capacity: 64)
        Response.error(refusal).encode(into: &bytes)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}
