// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import ArgumentParser
import CloakroomAdmin

struct CollectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove the sessions that have expired, now.",
        discussion: """
            The daemon does so by itself all the time; nobody can use an expired session meanwhile. Sessions that a request has are \
            left to it. Ctrl-C stops it.
            """
    )

    @Option(help: "Only those of this pool.")
    var pool: String?

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = try connection.connect()
        let display = WorkDisplay(isJSON: connection.output.json)
        defer { display.finish() }
        let last = try client.askAbout(.collect(pool: pool), progress: display.show)
        display.finish()
        guard case .collected(let pools) = last else { throw CommandError.unexpected(.sessions(last)) }
        guard !connection.output.json else { return try Output.json(AdminReply.sessions(last)) }
        for pool in pools {
            Output.line("pool \(pool.pool): \(HumanText.count(pool.removed, "expired record")) removed")
        }
    }
}
