// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import ArgumentParser
import CloakroomAdmin

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check all that is stored, and say what does not open or does not fit.",
        discussion: """
            Each record's metadata must authenticate under a key of the keyring; its body must be there, and its length and header fit; \
            its expiry entry and its place among its user's sessions must be there, and none without a record. All blocks of the \
            engine are read and their checksums compared. That a body opens can be told by the id only, which only the browser has.

            Requests are served meanwhile. Nothing is repaired: a session that does not open is absent to PHP, and \
            "cloakroomctl sessions end TAG" removes it. The exit status is 1 if anything was found. Ctrl-C stops it.
            """
    )

    @Option(help: "Only this pool.")
    var pool: String?

    @Option(help: ArgumentHelp("Name at most so many findings; all are counted.", valueName: "number"))
    var limit = 100

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if limit < 0 { throw ValidationError("--limit must not be negative") }
    }

    func run() throws {
        let isJSON = connection.output.json
        let client = try connection.connect()
        let display = WorkDisplay(isJSON: isJSON)
        defer { display.finish() }
        let last = try client.askAbout(.verify(pool: pool, limit: limit), progress: display.show) { part in
            guard case .findings(let findings) = part else { return }
            display.finish()
            for finding in findings {
                if isJSON {
                    try Output.json(finding)
                } else {
                    let what = finding.tag.map { "record \($0)" } ?? "the store"
                    Output.line("pool \(finding.pool): \(what): \(PrintableText.make(finding.reason))")
                }
            }
        }
        display.finish()
        guard case .verified(let pools) = last else { throw CommandError.unexpected(.sessions(last)) }
        if isJSON {
            try Output.json(AdminReply.sessions(last))
        } else {
            pools.forEach { Output.line(Self.summary($0)) }
        }
        let count = pools.reduce(0) { $0 + $1.findings }
        guard count == 0 else {
            let more = count > limit ? ", of which \(HumanText.number(limit)) are named" : ""
            throw CommandError("\(HumanText.count(count, "finding"))\(more)")
        }
    }

    private static func summary(_ pool: Verified) -> String {
        let verdict = pool.findings == 0 ? "all is well" : HumanText.count(pool.findings, "finding")
        return "pool \(pool.pool): \(verdict); checked: \(HumanText.count(pool.sessions, "session")), "
            + "\(HumanText.count(pool.tokens, "\"remember me\" token")), "
            + "\(HumanText.number(pool.bodies)) \(pool.bodies == 1 ? "body" : "bodies"), "
            + "\(HumanText.number(pool.entries)) expiry \(pool.entries == 1 ? "entry" : "entries"), "
            + HumanText.count(pool.memberships, "place") + " among users' sessions"
    }
}
