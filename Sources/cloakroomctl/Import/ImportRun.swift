// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomAdmin
import CloakroomCore
import CloakroomImport

/// An import from its first question to its report.
struct ImportRun {
    /// What holds for the pool.
    let terms: ImportReply.Terms

    private let options: ImportOptions
    private var isJSON: Bool { options.connection.output.json }

    /// Asks the daemon for the terms.
    init(_ options: ImportOptions) throws {
        self.options = options
        guard let terms = try Self.ask(ImportRequest(pool: options.pool), options).terms else {
            throw CommandError(
                "the daemon does not say what holds for the pool: use the cloakroomctl that came with it"
            )
        }
        self.terms = terms
    }

    /// Imports, reports, and ends with the exit status that goes with it.
    func run(_ source: some ImportSource) throws {
        let isInterrupted = Locked(false)
        let interruption = try Interruption { isInterrupted.withLock { $0 = true } }
        defer { interruption.end() }
        let display = WorkDisplay(isJSON: isJSON)
        let total = source.total
        let surroundings = Importer.Surroundings(
            ask: { request in try Self.ask(request, options) },
            progress: { tally in
                display.show(WorkStep(pool: options.pool, phase: .importing, done: tally.done, total: total))
            },
            left: { place, session, reason in
                display.finish()
                try report(place, session, reason)
            },
            isInterrupted: { isInterrupted.withLock { $0 } }
        )
        var importer = Importer(options.importer, surroundings)
        let tally = try importer.run(source)
        display.finish()
        try report(tally)
        if tally.isInterrupted {
            throw CommandError(
                "interrupted; what is reported is done, and the same command goes on",
                status: .interrupted
            )
        }
        if tally.leftInAll > 0 { throw ExitCode(Failure.Status.failed.rawValue) }
    }

    /// Asks on a connection of its own: it may take long to find the next sessions, and the daemon closes a connection on which nothing is
    /// asked.
    private static func ask(_ request: ImportRequest, _ options: ImportOptions) throws -> ImportReply {
        let reply = try options.connection.connect().ask(.import(request))
        guard case .import(let answer) = reply else { throw CommandError.unexpected(reply) }
        return answer
    }

    /// One thing that was left, for `--json`.
    private struct Left: Encodable {
        let left: ImportReason.Code
        let place: ImportPlace
        let session: String?
        let reason: String
    }

    /// The end, for `--json`.
    private struct End: Encodable {
        let `import`: ImportTally
        let pool: String
        let dryRun: Bool
    }

    private func report(_ place: ImportPlace, _ session: String?, _ reason: ImportReason) throws {
        if isJSON {
            return try Output.json(Left(left: reason.code, place: place, session: session, reason: reason.text))
        }
        let name = session.map { "session \($0), \(place)" } ?? "\(place)"
        Output.line("left: \(name): \(reason.text)")
    }

    private func report(_ tally: ImportTally) throws {
        if isJSON { return try Output.json(End(import: tally, pool: options.pool, dryRun: options.dryRun)) }
        let lines = [
            (tally.imported, "imported"), (tally.importable, "would be imported"),
            (tally.present, "there already"), (tally.empty, "empty"), (tally.ended, "over"),
            (tally.remains, "left half removed by an earlier import"), (tally.removed, "removed where they were"),
        ]
        for (count, text) in lines where count > 0 || text == "imported" && !options.dryRun {
            Output.line("\(HumanText.count(count, "session")) \(text)")
        }
        let reasons = tally.left.sorted { ($0.value, $0.key.rawValue) > ($1.value, $1.key.rawValue) }
        guard !reasons.isEmpty else { return }
        let text = reasons.map { "\($0.key.rawValue) \(HumanText.number($0.value))" }.joined(separator: ", ")
        Output.line("\(HumanText.number(tally.leftInAll)) left: \(text)")
    }
}
