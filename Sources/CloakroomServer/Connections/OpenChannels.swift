// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import NIOCore

/// The connections that are open, so that a stopping server can end them in order.
final class OpenChannels: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isQuiescing = false
    }

    private let state = Locked(State())

    /// Remembers a connection until it closes.
    func add(_ channel: any Channel) {
        let isLate = state.withLock { state in
            state.channels[ObjectIdentifier(channel)] = channel
            return state.isQuiescing
        }
        channel.closeFuture.whenComplete { _ in self.remove(channel) }
        if isLate { Self.quiesce(channel) }
    }

    /// Tells every connection to end once it has been answered, and waits until all have.
    func quiesce() async {
        let channels = state.withLock { state in
            state.isQuiescing = true
            return Array(state.channels.values)
        }
        for channel in channels { Self.quiesce(channel) }
        for channel in channels { try? await channel.closeFuture.get() }
    }

    /// Closes what is still open, answered or not.
    func closeAll() {
        for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }

    private func remove(_ channel: any Channel) {
        state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    private static func quiesce(_ channel: any Channel) {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
}
