// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import NIOCore

/// The connections that are open, and the closed ones that left something to be done, so that a stopping server can end
/// them in order.
final class OpenChannels: Sendable {
    /// What a connection may leave to be done when it closes.
    private struct Rest {
        /// Succeeds when it is done.
        let end: EventLoopFuture<Void>
        /// Gives it up.
        let abandon: @Sendable () -> Void
    }

    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var rests: [ObjectIdentifier: Rest] = [:]
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

    /// Remembers a connection until it closes, unless there are `limit` already; answers whether there were fewer.
    func add(_ channel: any Channel, limit: Int) -> Bool {
        // Two that come at the same time must not both be the last one.
        let isAdmitted = state.withLock { state in
            guard state.channels.count < limit else { return false }
            state.channels[ObjectIdentifier(channel)] = channel
            return true
        }
        if isAdmitted { add(channel) }
        return isAdmitted
    }

    /// Remembers until `end` that there is, or may be, something to be done for a connection, also when it is closed.
    func add(end: EventLoopFuture<Void>, abandon: @escaping @Sendable () -> Void) {
        let key = ObjectIdentifier(end)
        state.withLock { $0.rests[key] = Rest(end: end, abandon: abandon) }
        end.whenComplete { _ in self.state.withLock { _ = $0.rests.removeValue(forKey: key) } }
    }

    /// Tells every connection to end once it has been answered, and waits until all have, and until what they left is done.
    func quiesce() async {
        let channels = state.withLock { state in
            state.isQuiescing = true
            return Array(state.channels.values)
        }
        for channel in channels { Self.quiesce(channel) }
        for channel in channels { try? await channel.closeFuture.get() }
        for rest in state.withLock({ Array($0.rests.values) }) { try? await rest.end.get() }
    }

    /// Closes what is still open, once what was sent on it has been looked at.
    func endInput() {
        let channels = state.withLock { Array($0.channels.values) }
        for channel in channels { channel.eventLoop.execute { channel.endInput() } }
    }

    /// Closes what is still open, gives up what was left to be done, and answers whether there was anything.
    func abandon() -> Bool {
        let (channels, rests) = state.withLock { (Array($0.channels.values), Array($0.rests.values)) }
        for channel in channels { channel.close(promise: nil) }
        for rest in rests { rest.abandon() }
        return !rests.isEmpty
    }

    private func remove(_ channel: any Channel) {
        state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    private static func quiesce(_ channel: any Channel) {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
}
