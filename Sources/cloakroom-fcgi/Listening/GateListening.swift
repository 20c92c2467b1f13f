// SPDX-License-Identifier: Apache-2.0

import CloakroomSystem
import Glibc

/// All listening sockets: systemd's, or those that the gate makes itself and removes at its end.
struct GateListening {
    /// The name that sockets of the gate have in socket units.
    static let name = "fastcgi"

    let listeners: [GateListener]
    /// For the log.
    let description: String
    private let own: UnixSocketListener?

    /// Takes the sockets that systemd passes; without any, makes the Unix socket. A port is listened on as well, if given.
    ///
    /// - Throws: ``SystemdError`` or ``SocketError``
    init(path: String, access: UnixSocketListener.Access, port: LoopbackAddress?) throws {
        var listeners = try Self.passed()
        var names = listeners.isEmpty ? [] : ["systemd"]
        var own: UnixSocketListener?
        if listeners.isEmpty {
            let listener = try UnixSocketListener.open(path: path, access: access, setting: "--socket")
            own = listener
            listeners.append(GateListener(descriptor: listener.descriptor, isOpenToAll: false, isOwn: true))
            names.append(path)
        }
        self.own = own
        if let port {
            do throws(SocketError) {
                let listener = try LoopbackListener.open(port)
                listeners.append(GateListener(descriptor: listener.descriptor, isOpenToAll: true, isOwn: true))
                names.append("\(listener.address)")
            } catch {
                own?.remove()
                throw error
            }
        }
        self.listeners = listeners
        description = names.joined(separator: ", ")
    }

    /// Removes the socket file that the gate made. systemd's stay.
    func close() { own?.remove() }

    private static func passed() throws(SystemdError) -> [GateListener] {
        defer { for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) } }
        let entries = try PassedSockets(
            pid: ProcessEnvironment.value(of: "LISTEN_PID"),
            count: ProcessEnvironment.value(of: "LISTEN_FDS"),
            names: ProcessEnvironment.value(of: "LISTEN_FDNAMES"),
            ownPID: getpid()
        ).resolved(known: [name], defaultName: name)
        var listeners: [GateListener] = []
        for entry in entries {
            let kind = try PassedSockets.prepare(entry.descriptor, name: entry.name, takesLoopback: true)
            listeners.append(
                GateListener(descriptor: entry.descriptor, isOpenToAll: kind == .loopback, isOwn: false)
            )
        }
        return listeners
    }
}
