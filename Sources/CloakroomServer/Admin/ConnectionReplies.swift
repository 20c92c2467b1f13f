// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import NIOCore

/// The replies of one request, on their way to its connection.
struct ConnectionReplies: AdminReplies {
    private let channel: any Channel
    private let write: @Sendable (AdminReply, EventLoopPromise<Void>?) -> Void

    /// - Parameter write: writes a reply on the channel's event loop.
    init(_ channel: any Channel, write: @escaping @Sendable (AdminReply, EventLoopPromise<Void>?) -> Void) {
        self.channel = channel
        self.write = write
    }

    var areTaken: Bool { channel.isActive }

    func report(_ step: WorkStep) {
        guard channel.isWritable else { return }
        channel.eventLoop.execute { write(.progress(step), nil) }
    }

    func send(_ reply: AdminReply) async throws {
        let taken = channel.eventLoop.makePromise(of: Void.self)
        channel.eventLoop.execute { write(reply, taken) }
        try await taken.futureResult.get()
    }

    func end() async { try? await channel.closeFuture.get() }
}
