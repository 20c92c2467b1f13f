// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import NIOCore

/// The connections of administrators that are open.
final class AdminConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isClosing = false
    }

    private let limit: Int
    private let state = Locked(State())

    init(limit: Int) { self.limit = limit }

    /// Takes a connection until it closes, if there is room for one more.
    func admit(_ channel: any Channel) -> Bool {
        let key = ObjectIdentifier(channel)
        let isAdmitted = state.withLock { state in
            guard state.channels.count < limit, !state.isClosing else { return false }
            state.channels[key] = channel
            return true
        }
        if isAdmitted {
            channel.closeFuture.whenComplete { _ in self.state.withLock { $0.channels[key] = nil } }
        }
        return isAdmitted
    }

    /// Closes all, and takes no more.
    func close() async {
        let channels = state.withLock { state in
            state.isClosing = true
            return Array(state.channels.values)
        }
        for channel in channels { try? await channel.close().get() }
    }
}
