// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration
public import ArgumentParser
import CloakroomServer
import Glibc
public import Logging

/// The command line of the daemon.
@main
struct Cloakroomd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cloakroomd",
        abstract: "Keeps PHP's sessions, encrypted, and owns the key.",
        discussion: """
            Listens on the sockets that systemd passes, or on the configured path. Every setting has a default, and \
            --key-file, --state-dir and --socket are enough to run without a configuration file.
            """,
        version: Daemon.version
    )

    @Option(
        help: ArgumentHelp(
            "The configuration file; without it, \(Configuration.defaultFile) if that exists.",
            valueName: "path"
        ),
        completion: .file(extensions: ["toml"])
    )
    var config: String?

    @Option(
        help: ArgumentHelp("The socket to listen on, when systemd passes none.", valueName: "path"),
        completion: .file()
    )
    var socket: String?

    @Option(
        help: ArgumentHelp("The state directory, which is made if it is missing.", valueName: "path"),
        completion: .directory
    )
    var stateDir: String?

    @Option(
        help: ArgumentHelp(
            "The file with the master keys, one in each line: 32 bytes each, as base64, hexadecimal or raw.",
            valueName: "path"
        ),
        completion: .file()
    )
    var keyFile: String?

    @Option(
        help: ArgumentHelp(
            "The least important level that is logged.",
            valueName: "level"
        )
    )
    var logLevel: Logger.Level?

    @Flag(help: "Check the configuration and the key, and exit.")
    var check = false

    func run() async throws {
        do {
            let overrides = Configuration.Overrides(
                socket: socket,
                stateDirectory: stateDir,
                keyFile: keyFile,
                logLevel: logLevel
            )
            let load = { @Sendable [config] in try Configuration.load(file: config, overrides: overrides) }
            let daemon = Daemon(configuration: try load(), load: load)
            if check { try print(daemon.check()) } else { try await daemon.run() }
        } catch {
            report(error)
            throw ExitCode.failure
        }
    }

    /// Says why the daemon does not run: to journald with the priority of an error (sd-daemon(3)), else as it is.
    private func report(_ error: any Error) {
        let prefix = check || isatty(STDERR_FILENO) == 1 ? "cloakroomd: " : "<3>cloakroomd: "
        let lines = "\(error)".split(separator: "\n").map { "\(prefix)\($0)\n" }
        let text = Array(lines.joined().utf8)
        write(STDERR_FILENO, text, text.count)
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
