// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import ArgumentParser
import CloakroomAdmin

struct UsersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users",
        abstract: "List the users that have sessions, with how many.",
        discussion: """
            Users are known where the application says whose a session is, or users.session_key does. They come in no order that \
            means anything, so that a long list begins at once. "cloakroomctl sessions list --user NAME" shows the sessions of one.
            """
    )

    @Option(help: "Only those of this pool.")
    var pool: String?

    @Option(help: ArgumentHelp("Only those with at least so many sessions.", valueName: "number"))
    var minSessions = 1

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = try connection.connect()
        let withPool = try pool == nil && client.keyrings().count > 1
        let printer = RowPrinter<UserRow>(
            (withPool ? [("POOL", .left)] : []) + [("USER", .left), ("SESSIONS", .right), ("LAST SEEN", .right)],
            isJSON: connection.output.json
        ) { row in
            (withPool ? [row.pool] : [])
                + [
                    PrintableText.make(row.user), HumanText.number(row.sessions),
                    HumanText.duration(seconds: row.idle) + " ago",
                ]
        }
        let last = try client.askAbout(.users(pool: pool, minimum: minSessions)) { part in
            if case .users(let rows) = part { try printer.print(rows) }
        }
        guard case .listed(let end) = last else { throw CommandError.unexpected(.sessions(last)) }
        if end.rows == 0, !connection.output.json { Output.hint("no users") }
    }
}
