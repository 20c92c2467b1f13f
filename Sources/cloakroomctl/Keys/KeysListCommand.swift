// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import ArgumentParser
import CloakroomAdmin

struct KeysListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the keys, and how much each still seals.",
        discussion: """
            Roles: "seals" is the first key, by which everything is written; "opens" is an older one; "missing" sealed \
            something and is not there, so that nobody can open that.
            """
    )

    @Option(help: "One pool only.", completion: .pools)
    var pool: String?

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let reply = try connection.connect().ask(.keys(pool: pool))
        guard case .keys(let pools) = reply else { throw CommandError.unexpected(reply) }
        guard !connection.output.json else { return try Output.json(reply) }
        var table = Table([
            ("POOL", .left), ("KEY", .left), ("ROLE", .left), ("AGE", .right), ("RECORDS", .right),
            ("ADDRESS KEY", .left), ("SOURCE", .left),
        ])
        for pool in pools {
            for key in pool.keys {
                table.add([
                    pool.pool, key.id, key.role.rawValue, key.age.map { HumanText.duration(seconds: $0) } ?? "-",
                    HumanText.number(key.records), key.addressKey ? "yes" : "-", key.source ?? "-",
                ])
            }
        }
        for line in table.lines { Output.line(line) }
        for pool in pools { advise(pool) }
    }

    private func advise(_ pool: PoolKeys) {
        for key in pool.keys where key.role == .missing {
            Output.hint(
                "pool \(pool.pool): \(HumanText.count(key.records, "record")) need key \(key.id), which is not there: "
                    + "add it behind the first one, or those users log in again"
            )
        }
    }
}
