// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "List, show and end sessions.",
        discussion: """
            A session is named by its tag, twelve hexadecimal digits that do not lead to its id. Tags are in the daemon's log as \
            well. Contents are never shown: to open them takes the id, which only the browser has.
            """,
        subcommands: [SessionsListCommand.self, SessionsShowCommand.self, SessionsEndCommand.self]
    )
}
