// SPDX-License-Identifier: Apache-2.0

extension Configuration.Server {
    /// Where the daemon makes the admin socket: the configured path, or `admin.sock` beside PHP's socket.
    public var adminSocketPath: String { adminSocket.isEmpty ? besideSocket("admin.sock") : adminSocket }

    /// Where the daemon makes the gate's socket: the configured path, or `gate.sock` beside PHP's socket.
    public var gateSocketPath: String { gateSocket.isEmpty ? besideSocket("gate.sock") : gateSocket }

    private func besideSocket(_ name: String) -> String {
        (socket.lastIndex(of: "/").map { socket[...$0] } ?? "") + name
    }
}
