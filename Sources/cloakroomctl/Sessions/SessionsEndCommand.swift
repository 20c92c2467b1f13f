// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import ArgumentParser
import CloakroomAdmin
import Glibc

struct SessionsEndCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end",
        abstract: "End sessions: by tag, all of a user, or all.",
        discussion: """
            A session that ends is removed with the "remember me" tokens that go with it, and with --user and --all all tokens end, so \
            that nobody comes back by one. A request that has the session's lock loses it: the first one that waits for it goes on at \
            once, with a new session, and what the other one writes later is refused. The daemon's log says who ended what.

            Only tags: no question is asked. --user and --all ask first on a terminal, and need --yes elsewhere. Ctrl-C stops it; \
            what has ended by then stays so.
            """
    )

    @Argument(help: ArgumentHelp("Tags of sessions.", valueName: "tag"))
    var tags: [String] = []

    @Option(help: ArgumentHelp("End all sessions of this user, as the application calls it.", valueName: "name"))
    var user: String?

    @Flag(help: "End all sessions: everybody has to log in again.")
    var all = false

    @Option(help: "Only those of this pool.")
    var pool: String?

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        let given = (tags.isEmpty ? 0 : 1) + (user == nil ? 0 : 1) + (all ? 1 : 0)
        guard given == 1 else { throw ValidationError("give tags, or --user NAME, or --all") }
        for tag in tags where tag.utf8.count != 12 || !tag.allSatisfy(\.isHexDigit) {
            throw ValidationError("\"\(tag)\" is no tag, which has twelve hexadecimal digits: see \"sessions list\"")
        }
    }

    func run() throws {
        let client = try connection.connect()
        if tags.isEmpty, !yes { try confirm() }
        let display = WorkDisplay(isJSON: connection.output.json)
        defer { display.finish() }
        let last = try client.askAbout(.end(ending), progress: display.show)
        display.finish()
        guard case .ended(let ended) = last else { throw CommandError.unexpected(.sessions(last)) }
        if connection.output.json { try Output.json(AdminReply.sessions(last)) } else { Self.show(ended) }
        guard ended.unknown.isEmpty else {
            throw CommandError(
                "there is no session \(ended.unknown.joined(separator: ", ")): it may have ended already"
            )
        }
    }

    private var ending: SessionEnding {
        if let user { return SessionEnding(pool: pool, .user(user)) }
        return SessionEnding(pool: pool, all ? .all : .tags(tags.map { $0.lowercased() }))
    }

    private func confirm() throws {
        let place = pool.map { " of pool \($0)" } ?? ""
        let what = user.map { "all sessions of \(PrintableText.make($0))\(place)" } ?? "all sessions\(place)"
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw CommandError("this would end \(what): give --yes if that is meant")
        }
        let who = user == nil ? "Everybody" : "The user"
        Output.write("End \(what)? \(who) has to log in again. [y/N] ", to: STDERR_FILENO)
        guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
            throw CommandError("nothing was ended")
        }
    }

    private static func show(_ ended: SessionsEnded) {
        var text = "\(HumanText.count(ended.sessions, "session")) ended"
        if ended.others > 0 { text += "; \(HumanText.count(ended.others, "record")) that nobody could use removed" }
        if ended.tokens > 0 { text += "; \(HumanText.count(ended.tokens, "\"remember me\" token")) ended" }
        if ended.locks > 0 { text += "; \(HumanText.count(ended.locks, "lock")) freed" }
        Output.line(text)
    }
}
