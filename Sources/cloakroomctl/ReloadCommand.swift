// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomAdmin

struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have the daemon read its configuration and all keys again.",
        discussion:
            "As \"systemctl reload cloakroomd\", and says what changed. If anything is wrong, all stays as it was."
    )

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let reply = try connection.connect().ask(.reload)
        guard case .reloaded(let summary) = reply else { throw CommandError.unexpected(reply) }
        guard !connection.output.json else { return try Output.json(reply) }
        for pool in summary.pools {
            Output.line("pool \(pool.pool): the keys are now \(pool.keys.joined(separator: ", ")); the first one seals")
        }
        if !summary.changed.isEmpty { Output.line("changed: \(summary.changed.joined(separator: ", "))") }
        if summary.pools.isEmpty, summary.changed.isEmpty {
            Output.line("reloaded; nothing that a reload changes is new")
        }
        if !summary.restart.isEmpty {
            Output.line(
                "takes effect with \"systemctl restart cloakroomd\" only: \(summary.restart.joined(separator: ", "))"
            )
        }
    }
}

extension CommandError {
    /// What no daemon of this version answers.
    static func unexpected(_ reply: AdminReply) -> CommandError {
        CommandError("the daemon's answer is not one to this request: use the cloakroomctl that came with it")
    }
}
