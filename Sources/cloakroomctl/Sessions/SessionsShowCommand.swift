// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import ArgumentParser
import CloakroomAdmin
import CloakroomStatus

struct SessionsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show all that is known of a session, but its id and its contents."
    )

    @Argument(help: "The session's tag: twelve hexadecimal digits.")
    var tag: String

    @Option(help: "Look in this pool only.")
    var pool: String?

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let last = try connection.connect().askAbout(.show(pool: pool, tag: tag))
        guard case .details(let found) = last else { throw CommandError.unexpected(.sessions(last)) }
        guard !found.isEmpty else {
            throw CommandError(
                "there is no session \(tag): it may have ended; \"cloakroomctl sessions list\" shows those there are"
            )
        }
        for report in found {
            if connection.output.json { try Output.json(report) } else { Self.show(report) }
        }
    }

    private static func show(_ report: SessionReport) {
        var lines: [(String, String)] = [("tag", report.tag), ("pool", report.pool)]
        switch report.kind {
        case .session: lines += sessionLines(report)
        case .tokens:
            lines += [
                ("what", "\"remember me\" tokens of one browser"),
                ("user", report.user.map(PrintableText.make) ?? "-"),
                ("issued", ago(report.age)),
                ("ends in", report.endsIn.map { HumanText.duration(seconds: $0) } ?? "-"),
            ]
        case .unwritten: lines.append(("what", "not stored yet: a request has its lock"))
        case .unreadable:
            lines.append(("what", "it does not open: \(report.reason ?? ""); \"sessions end\" removes it"))
        }
        if let key = report.key { lines.append(("key", key)) }
        lines += lockLines(report.lock)
        let width = lines.map(\.0.count).max() ?? 0
        for (name, value) in lines {
            Output.line(name + String(repeating: " ", count: width - name.count) + "  " + value)
        }
    }

    private static func sessionLines(_ report: SessionReport) -> [(String, String)] {
        guard let session = report.session else { return [] }
        var lines = [("state", session.state.rawValue)]
        lines.append(("user", session.user.map(PrintableText.make) ?? "-"))
        if let identified = report.identified { lines.append(("identified", ago(identified))) }
        lines += [
            ("made", ago(session.age)),
            ("last used", ago(session.idle)),
            ("ends in", session.endsIn.map { HumanText.duration(seconds: $0) } ?? "-"),
            ("idle timeout", report.lifetime.map { HumanText.duration(seconds: $0) } ?? "-"),
            ("size", HumanText.count(Int(clamping: session.size), "byte")),
            ("network", session.network ?? "-"),
            ("browser", session.browser ?? "-"),
            ("remember me", report.remembered == true ? "yes" : "no"),
        ]
        if let successor = report.successor { lines.append(("replaced by", successor)) }
        return lines
    }

    private static func lockLines(_ lock: LockRow?) -> [(String, String)] {
        guard let lock else { return [("lock", "free")] }
        return [("lock", "held by \(lock.holder.text)")]
            + lock.waiters.map { ("waiting", $0.text) }
    }

    private static func ago(_ seconds: UInt64?) -> String {
        seconds.map { HumanText.duration(seconds: $0) + " ago" } ?? "-"
    }
}

extension LockRow.Client {
    /// Process, request and time, for people.
    fileprivate var text: String {
        let request = request.isEmpty ? "" : " (\(PrintableText.make(request)))"
        return "process \(pid)\(request), for \(HumanText.duration(milliseconds: UInt64(clamping: milliseconds)))"
    }
}
