// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import ArgumentParser
import CloakroomAdmin
import CloakroomStatus
import Glibc

struct LocksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "locks",
        abstract: "Show which request has which session, and who waits for it.",
        discussion: """
            The lock that was held longest comes first. Below each the requests that wait for it follow, in the order in which they \
            will be served. PID is the process of PHP, as the kernel tells, and REQUEST what PHP says it is doing. To let those go on \
            who wait: "cloakroomctl sessions end TAG", or end the process.
            """
    )

    @Flag(help: "Only those that somebody waits for.")
    var blocking = false

    @Option(help: "Only those of this pool.")
    var pool: String?

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let isJSON = connection.output.json
        var table = PagedTable([
            ("POOL", .left), ("SESSION", .left), ("USER", .left), ("STATE", .left), ("PID", .right), ("FOR", .right),
            ("REQUEST", .left),
        ])
        let last = try connection.connect().askAbout(.locks(pool: pool, contended: blocking)) { part in
            guard case .locks(let rows) = part else { return }
            if isJSON { return try rows.forEach { try Output.json($0) } }
            Output.write(table.lines(rows.flatMap(\.lines)), to: STDOUT_FILENO)
        }
        guard case .listed(let end) = last else { throw CommandError.unexpected(.sessions(last)) }
        if end.rows == 0, !isJSON {
            Output.hint(blocking ? "nobody waits for a session" : "no request has a session")
        }
    }
}

extension LockRow {
    fileprivate var lines: [[String]] {
        let user = user.map(PrintableText.make) ?? "-"
        var lines = [[pool, tag, user, "held"] + holder.cells]
        lines += waiters.map { ["", "", "", "waiting"] + $0.cells }
        if waiting > waiters.count {
            lines.append(["", "", "", "waiting", "", "", "and \(HumanText.number(waiting - waiters.count)) more"])
        }
        return lines
    }
}

extension LockRow.Client {
    fileprivate var cells: [String] {
        [
            "\(pid)", HumanText.duration(milliseconds: UInt64(clamping: milliseconds)),
            request.isEmpty ? "-" : PrintableText.make(request),
        ]
    }
}
