// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomAdmin
import Glibc

/// Options of every command that asks the daemon.
struct ConnectionOptions: ParsableArguments {
    static let defaultSocket = "/run/cloakroom/admin.sock"
    static let variable = "CLOAKROOM_ADMIN_SOCKET"

    @Option(
        help: ArgumentHelp(
            "The daemon's admin socket; otherwise $\(variable), or \(defaultSocket).",
            valueName: "path"
        ),
        completion: .file()
    )
    var socket: String?

    @OptionGroup var output: OutputOptions

    /// Where the daemon is.
    var path: String {
        if let socket { return socket }
        let value = getenv(Self.variable).map { String(cString: $0) } ?? ""
        return value.isEmpty ? Self.defaultSocket : value
    }

    func connect() throws -> AdminClient { try AdminClient(path: path) }
}

/// Options of every command.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON, one value in a line.")
    var json = false
}
