// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore

/// Accepts nobody for a moment when a connection could not be accepted, as for want of descriptors. It would be tried again
/// at once else, and for ever, since it stays in the listener's queue. NIO's own `AcceptBackoffHandler` delays the read, but
/// the channel goes on without one after an error.
final class AcceptPauseHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let pause = TimeAmount.milliseconds(100)

    private let logger: Logger
    private var isPausing = false

    init(logger: Logger) { self.logger = logger }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isPausing else { return }
        isPausing = true
        logger.error(
            "a connection cannot be accepted and waits; if there are too many open files, raise LimitNOFILE= of the unit",
            metadata: ["error": "\(error)"]
        )
        let channel = context.channel
        channel.setOption(.autoRead, value: false).assumeIsolated().whenComplete { _ in
            channel.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
                self.isPausing = false
                // Fails when the channel has been closed meanwhile, which is well.
                channel.setOption(.autoRead, value: true).cascade(to: nil)
            }
        }
    }
}
