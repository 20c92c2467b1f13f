// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take over the sessions that another handler kept, so that users stay logged in.",
        discussion: """
            Each session is sealed with its id, its age and its contents. What it was copied from is removed only after the \
            sealed copy was read back and is on disk. What is left is named, with the reason. It can be interrupted and run \
            again at any time. See docs/moving-in.md.

            EXIT STATUS
              0    nothing was left
              1    something was left, or it failed
              2    no daemon, or no permission
              130  interrupted; what is reported is done
            """,
        subcommands: [ImportFilesCommand.self, ImportRedisCommand.self]
    )
}
