// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// Counts the connections and what is held for them, in all and for each user, and refuses what is too much.
final class ClientRegister: Sendable {
    /// Whether a connection may stay.
    enum Admission {
        /// It may; its share is to be given back at its end.
        case admitted(ClientShare)
        /// The daemon has as many as it may.
        case tooMany
        /// The user has as many as he may.
        case tooManyOfUser
    }

    private struct State {
        var connections = 0
        var refused = 0
        var users: [UInt32: User] = [:]
    }

    private struct User {
        var connections = 0
        let bytes = BytesInFlight()
    }

    let limits: ClientLimits
    private let state = Locked(State())

    init(limits: ClientLimits) { self.limits = limits }

    /// The number of connections.
    var connections: Int { state.withLock { $0.connections } }

    /// The number of connections that were refused since the start.
    var refused: Int { state.withLock { $0.refused } }

    /// Notes that a connection was refused.
    func noteRefusal() { state.withLock { $0.refused += 1 } }

    /// Admits one more connection of a user, or says why not.
    func admit(_ user: UInt32) -> Admission {
        state.withLock { state in
            guard state.connections < limits.connections else { return .tooMany }
            var share = state.users[user] ?? User()
            guard share.connections < limits.connectionsPerUser else { return .tooManyOfUser }
            share.connections += 1
            state.users[user] = share
            state.connections += 1
            return .admitted(
                ClientShare(user: user, bytes: share.bytes, maximumBytes: limits.bytesInFlightPerUser)
            )
        }
    }

    /// Notes that an admitted connection of a user has ended.
    func leave(_ user: UInt32) {
        state.withLock { state in
            state.connections -= 1
            state.users[user]?.connections -= 1
            if state.users[user]?.connections == 0 { state.users[user] = nil }
        }
    }
}
