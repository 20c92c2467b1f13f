// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomAdmin
import CloakroomStatus

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how the daemon and its pools are.",
        discussion: """
            First comes whether all is well, or what wants attention and what to do. It reads no session, so it takes no longer with \
            more of them. docs/monitoring.md says what each figure means.
            """
    )

    @Option(help: "One pool only.")
    var pool: String?

    @Flag(help: "Exit with 1 if something wants attention, for cron and monitoring.")
    var check = false

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let report = try connection.connect().status(pool: pool)
        if connection.output.json {
            try Output.json(report)
        } else {
            for line in StatusText(report, .ofOutput).lines { Output.line(line) }
        }
        if check, !report.isWell { throw ExitCode(Failure.Status.failed.rawValue) }
    }
}
