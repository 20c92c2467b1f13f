// SPDX-License-Identifier: Apache-2.0

import CloakroomSystem
import CloakroomConfiguration
import CloakroomCore
import CloakroomServer

/// The sockets that PHP connects to: systemd's, and those that the daemon made itself and removes at its end.
struct Listening {
    let sockets: [ClientSocket]
    /// For the log.
    let name: String

    private let own: [UnixSocketListener]

    /// Takes systemd's sockets, and makes those that it does not pass: the one for all pools only if it passes none of PHP's at
    /// all, and that of each pool that has one configured.
    init(_ passed: SystemdSockets, _ configuration: Configuration) throws {
        let access = try UnixSocketListener.Access(configuration.server)
        var sockets = passed.ofClients.map { ClientSocket(descriptor: $0.descriptor, pool: $0.pool) }
        var own: [UnixSocketListener] = []
        do {
            for pool in configuration.pools
            where !pool.socket.isEmpty && !sockets.contains(where: { $0.pool == pool.name }) {
                let setting = "pools.\(pool.name).socket"
                let listener = try UnixSocketListener.open(path: pool.socket, access: access, setting: setting)
                own.append(listener)
                sockets.append(ClientSocket(descriptor: listener.descriptor, pool: pool.name))
            }
            // Last: whoever has seen it can count on the others.
            if passed.ofClients.isEmpty {
                let listener = try UnixSocketListener.open(path: configuration.server.socket, access: access)
                own.append(listener)
                sockets.append(ClientSocket(descriptor: listener.descriptor))
            }
        } catch {
            for listener in own { listener.remove() }
            throw error
        }
        self.sockets = sockets
        self.own = own
        name = ((passed.ofClients.isEmpty ? [] : ["systemd"]) + own.map(\.path)).joined(separator: ", ")
    }

    /// Removes the socket files that the daemon made. Descriptors belong to the server.
    func close() { for listener in own { listener.remove() } }
}
