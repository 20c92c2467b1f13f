// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make, add, rotate, list and retire master keys.",
        discussion: """
            To change the key without logging anyone out:
              cloakroomctl keys add             puts a new key in front, which seals from now on
              cloakroomctl keys rotate          seals by it what older keys sealed
              cloakroomctl keys retire KEYID    takes the old key away
            "cloakroomctl keys list" shows the ids, and what each key still seals.
            """,
        subcommands: [
            KeysGenerateCommand.self, KeysAddCommand.self, KeysRotateCommand.self, KeysListCommand.self,
            KeysRetireCommand.self,
        ]
    )
}
