// SPDX-License-Identifier: Apache-2.0

import CloakroomServer

/// The sockets that PHP connects to: systemd's, or one that the daemon made itself and removes at its end.
struct Listening {
    let descriptors: [Int32]
    /// For the log.
    let name: String

    private let own: UnixSocketListener?

    init(_ passed: SystemdSockets, _ server: Configuration.Server) throws {
        let php = passed.sockets.filter { $0.name == SystemdSockets.php }
        if php.isEmpty {
            let listener = try UnixSocketListener.open(path: server.socket, access: .init(server))
            own = listener
            descriptors = [listener.descriptor]
            name = listener.path
        } else {
            own = nil
            descriptors = php.map(\.descriptor)
            name = "systemd"
        }
    }

    /// Removes the socket file that the daemon made. Descriptors belong to the server.
    func close() { own?.remove() }
}
