// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomCore
import Glibc

/// The command line of the administrator.
@main
struct Cloakroomctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cloakroomctl",
        abstract: "Administers cloakroomd, which keeps PHP's sessions encrypted.",
        discussion: """
            Most commands ask the running daemon on its admin socket, which root and the members of the group \
            cloakroom-admin may use.

            EXIT STATUS
              0    done
              1    refused or failed; the message says why
              2    no daemon, or no permission
              64   wrong usage
              130  interrupted
            """,
        version: ProductVersion.current,
        // In the order of the overview, by what somebody wants to do.
        groupedSubcommands: [
            CommandGroup(
                name: "Look",
                subcommands: [
                    StatusCommand.self, TopCommand.self, SessionsCommand.self, LocksCommand.self, UsersCommand.self,
                ]
            ),
            CommandGroup(name: "Keys", subcommands: [KeysCommand.self, ReloadCommand.self]),
            CommandGroup(
                name: "Care",
                subcommands: [BackupCommand.self, RestoreCommand.self, VerifyCommand.self, CollectCommand.self]
            ),
            CommandGroup(name: "Moving in", subcommands: [ImportCommand.self]),
            CommandGroup(name: "Check", subcommands: [AuditCommand.self, ConfigCommand.self]),
        ]
    )

    static func main() {
        do {
            let arguments = CommandLine.arguments.dropFirst()
            if let text = Overview.text(for: arguments) { return Output.write(text, to: STDOUT_FILENO) }
            if let failure = UsageFailure(before: arguments) { throw failure }
            var command = try parseAsRoot()
            if let failure = UsageFailure(of: type(of: command)) { throw failure }
            try command.run()
        } catch {
            Failure(error).exit()
        }
    }
}
