// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import ArgumentParser
import CloakroomAdmin
import Glibc

struct SessionsListCommand: ParsableCommand {
    /// Which sessions are shown, by whether they can be used.
    enum State: String, CaseIterable, ExpressibleByArgument {
        case live
        case replaced
        case expired
        case ended
        case all
    }

    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List sessions.",
        discussion: """
            All options together select what is shown. Lengths of time are numbers with a unit: 90s, 15m, 2h, 30d.

            NETWORK and BROWSER are those of the browser that made the session. They are known only where binding is on \
            (binding.address, binding.agent), and of sessions that a browser made, not a script of the command line. Of the address \
            only the network is kept that binding looks at (binding.ipv4_bits, binding.ipv6_bits). USER is known where the application \
            says it, or users.session_key does.

            Sessions come in the order of their tags, as they are found, so that a list of a million begins at once. To sort them, \
            use --json and another program.
            """
    )

    @Option(help: ArgumentHelp("Only those of this user, as the application calls it.", valueName: "name"))
    var user: String?

    @Option(help: "Only those of this pool.")
    var pool: String?

    @Option(help: ArgumentHelp("Only those that were made at least so long ago.", valueName: "time"))
    var olderThan: TimeSpan?

    @Option(help: ArgumentHelp("Only those that were not used for at least so long.", valueName: "time"))
    var idle: TimeSpan?

    @Option(
        help: ArgumentHelp(
            "Only those made from a network that lies in this one or contains it, such as 192.0.2.0/24 or 2001:db8::/32.",
            valueName: "prefix"
        )
    )
    var network: String?

    @Option(
        help: ArgumentHelp("Only those made by a browser with this in its name, such as firefox.", valueName: "text")
    )
    var browser: String?

    @Option(
        help: """
            Only those that can be used (live), whose id has another in its place (replaced), whose time is over \
            (expired), or that were destroyed, which is remembered with sessions.read_through (ended); or all.
            """
    )
    var state = State.live

    @Option(help: ArgumentHelp("At most so many.", valueName: "number"))
    var limit: Int?

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit must not be negative") }
    }

    func run() throws {
        let client = try connection.connect()
        let withPool = try pool == nil && client.keyrings().count > 1
        let printer = RowPrinter<SessionRow>(
            (withPool ? [("POOL", .left)] : []) + SessionRow.columns,
            isJSON: connection.output.json
        ) { (withPool ? [$0.pool] : []) + $0.cells }
        // Only people want to know how far it is, and only while they look.
        let display = connection.output.json || isatty(STDOUT_FILENO) == 0 ? nil : WorkDisplay(isJSON: false)
        defer { display?.clear() }
        let last = try client.askAbout(.list(selection), progress: { display?.show($0) }) { part in
            guard case .sessions(let rows) = part else { return }
            display?.clear()
            try printer.print(rows)
        }
        display?.clear()
        guard case .listed(let end) = last else { throw CommandError.unexpected(.sessions(last)) }
        if end.rows == 0, !connection.output.json { Output.hint("no sessions") }
        if end.more { Output.hint("there are more than \(HumanText.number(end.rows))") }
        if end.unreadable > 0 {
            Output.hint(
                "\(HumanText.count(end.unreadable, "record")) could not be opened; \"cloakroomctl verify\" says which and why"
            )
        }
    }

    private var selection: SessionSelection {
        var selection = SessionSelection()
        selection.pool = pool
        selection.user = user
        selection.age = olderThan?.seconds
        selection.idle = idle?.seconds
        selection.network = network
        selection.browser = browser
        selection.state = SessionSelection.State(rawValue: state.rawValue)
        selection.limit = limit
        return selection
    }
}

extension SessionRow {
    static let columns: [(title: String, alignment: Table.Alignment)] = [
        ("TAG", .left), ("USER", .left), ("AGE", .right), ("IDLE", .right), ("ENDS IN", .right), ("SIZE", .right),
        ("NETWORK", .left), ("BROWSER", .left), ("STATE", .left),
    ]

    var cells: [String] {
        [
            tag, user.map(PrintableText.make) ?? "-", HumanText.duration(seconds: age),
            HumanText.duration(seconds: idle),
            endsIn.map { HumanText.duration(seconds: $0) } ?? "-", HumanText.number(Int(clamping: size)),
            network ?? "-",
            browser ?? "-", state.rawValue,
        ]
    }
}
