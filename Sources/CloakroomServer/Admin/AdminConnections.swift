// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import NIOCore

/// The connections of administrators that are open.
final class AdminConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var reserved = 0
        var isClosing = false
    }

    private let limit: Int
    private let state = Locked(State())

    init(limit: Int) { self.limit = limit }

    /// Takes a place for a connection, if there is one.
    func reserve() -> Bool {
        state.withLock { state in
            guard state.reserved < limit, !state.isClosing else { return false }
            state.reserved += 1
            return true
        }
    }

    /// Gives back a place that was not used.
    func giveBack() { state.withLock { $0.reserved -= 1 } }

    /// Uses a place until the connection closes.
    func add(_ channel: any Channel) {
        let key = ObjectIdentifier(channel)
        state.withLock { $0.channels[key] = channel }
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { state in
                state.channels[key] = nil
                state.reserved -= 1
            }
        }
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
