// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomSessions
import NIOCore

/// The replies of one request, on their way to its connection. They become bytes on the thread of whoever sends them: the event loop
/// serves PHP as well, and a page of a list takes milliseconds.
struct ConnectionReplies: AdminReplies {
    let administrator: Administrator
    private let channel: any Channel
    private let write: @Sendable ([UInt8], EventLoopPromise<Void>?) -> Void

    /// - Parameter write: writes a frame on the channel's event loop.
    init(
        _ channel: any Channel,
        to administrator: Administrator,
        write: @escaping @Sendable ([UInt8], EventLoopPromise<Void>?) -> Void
    ) {
        self.channel = channel
        self.administrator = administrator
        self.write = write
    }

    var areTaken: Bool { channel.isActive }

    func report(_ step: WorkStep) {
        guard channel.isWritable, let bytes = try? AdminFrame.bytes(of: AdminReply.progress(step)) else { return }
        channel.eventLoop.execute { write(bytes, nil) }
    }

    func send(_ reply: AdminReply) async throws {
        let bytes = try AdminFrame.bytes(of: reply)
        let taken = channel.eventLoop.makePromise(of: Void.self)
        channel.eventLoop.execute { write(bytes, taken) }
        try await taken.futureResult.get()
    }

    func end() async { try? await channel.closeFuture.get() }
}
