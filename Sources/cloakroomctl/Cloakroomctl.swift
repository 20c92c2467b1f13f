// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomCore

/// The command line of the administrator.
@main
struct Cloakroomctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cloakroomctl",
        abstract: "Administers cloakroomd: its keys, and what it reads anew.",
        discussion: """
            It talks to the running daemon on its admin socket, which root and the members of the group \
            cloakroom-admin may use. Begin with "cloakroomctl keys list".

            EXIT STATUS
              0    done
              1    refused or failed; the message says why
              2    no daemon, or no permission
              64   wrong usage
              130  interrupted
            """,
        version: ProductVersion.current,
        subcommands: [KeysCommand.self, ReloadCommand.self, BackupCommand.self, RestoreCommand.self]
    )

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            Failure(error).exit()
        }
    }
}
