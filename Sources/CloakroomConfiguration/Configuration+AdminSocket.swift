// SPDX-License-Identifier: Apache-2.0

extension Configuration.Server {
    /// Where the daemon makes the admin socket: the configured path, or `admin.sock` beside PHP's socket.
    public var adminSocketPath: String {
        guard adminSocket.isEmpty else { return adminSocket }
        let directory = socket.lastIndex(of: "/").map { socket[...$0] } ?? ""
        return directory + "admin.sock"
    }
}
