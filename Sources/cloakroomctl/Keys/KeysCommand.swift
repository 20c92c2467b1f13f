// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make, add, rotate, list and retire master keys.",
        discussion: """
            "cloakroomctl keys list" shows their ids, and what each key still seals.

            EXAMPLES
            To change the key without logging anyone out:
              cloakroomctl keys add            puts a new key in front, which seals
              cloakroomctl keys rotate         seals by it what older keys sealed
              cloakroomctl keys retire KEYID   takes the old key away
            """,
        subcommands: [
            KeysGenerateCommand.self, KeysAddCommand.self, KeysRotateCommand.self, KeysListCommand.self,
            KeysRetireCommand.self,
        ]
    )
}
