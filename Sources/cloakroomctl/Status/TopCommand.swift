// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomAdmin
import CloakroomStatus
import Glibc

struct TopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Watch what the daemon does.",
        discussion: """
            READS to REJECT are in a second: reads, writes, touches of unchanged sessions, new sessions, sessions that were destroyed \
            or have expired, and requests that were refused. HELD and WAIT are locks that are held, and requests that wait for one. \
            Latencies are those of the last minute.

            On a terminal it is shown in place: q ends it, Tab or the cursor keys choose the pool whose latencies are shown, space \
            refreshes. Elsewhere a block is printed at each interval, the first one after the first interval; with --json, one line.
            """
    )

    @Option(help: ArgumentHelp("The time between two looks, 0.1 to 3600.", valueName: "seconds"))
    var interval = 2.0

    @Option(help: ArgumentHelp("End after so many looks.", valueName: "number"))
    var count: Int?

    @Option(help: "One pool only.")
    var pool: String?

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard (0.1...3600).contains(interval) else { throw ValidationError("--interval is 0.1 to 3600 seconds") }
        guard count ?? 1 > 0 else { throw ValidationError("--count is 1 or more") }
    }

    func run() throws {
        // A terminal that cannot move its cursor gets blocks.
        let isDumb = getenv("TERM").map { String(cString: $0) } == "dumb"
        if isatty(STDOUT_FILENO) == 1, !connection.output.json, !isDumb { try watch() } else { try print() }
    }

    /// Each time on a connection of its own: the daemon may be restarted meanwhile, and does not wait for idle ones.
    private func status() throws -> StatusReport { try connection.connect().status(pool: pool) }

    private func print() throws {
        let events = try TopEvents(nil)
        var last = try status()
        var time = ContinuousClock.now
        for number in 0..<(count ?? .max) {
            time += .seconds(interval)
            while events.next(until: time) != .due {}
            let sample = TopSample(try status(), after: last)
            last = sample.report
            if connection.output.json {
                try Output.json(sample)
            } else {
                if number > 0 { Output.line("") }
                for line in TopText(sample, .plain).lines { Output.line(line) }
            }
        }
    }

    private func watch() throws {
        // Who may not ask, or asks nobody, hears of it as from any other command.
        let first = TopSample(try status(), after: nil)
        let terminal = Terminal()
        var screen = TopScreen(first, on: terminal)
        let events = try TopEvents(terminal)
        terminal.take()
        defer { terminal.giveBack() }
        var looks = 1
        screen.show()
        while looks < count ?? .max {
            guard screen.isWatched(events, until: ContinuousClock.now + .seconds(interval)) else { return }
            do {
                screen.take(try status())
                looks += 1
            } catch let error as AdminClientError where [.noDaemon, .lost].contains(error.code) {
                // It may be restarting.
                screen.notice = "what follows is old: \(error.message)"
            }
            screen.show()
        }
        terminal.giveBack()
        for line in screen.text.lines { Output.line(line) }
    }
}
