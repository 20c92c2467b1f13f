// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check the configuration, or show what it comes to.",
        discussion: """
            Both read the file as the daemon does, and take neither a daemon nor root.

            EXAMPLES
              cloakroomctl config check              is the file right?
              cloakroomctl config check new.toml     and another one?
              cloakroomctl config show --changed     what is not as shipped?
              cloakroomctl config show --pool shop   what holds for the pool shop?
            """,
        subcommands: [ConfigCheckCommand.self, ConfigShowCommand.self]
    )
}
