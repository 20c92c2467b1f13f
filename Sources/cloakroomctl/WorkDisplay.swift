// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomAdmin
import CloakroomBackup
import Glibc

/// Shows how far work is: a bar on a terminal, else a line every few seconds, or each step as JSON.
final class WorkDisplay {
    private static let interval = Duration.seconds(3)
    private static let barWidth = 30

    private let isJSON: Bool
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private var first: (step: WorkStep, time: ContinuousClock.Instant)?
    private var shown: ContinuousClock.Instant?
    private var hasOpenLine = false

    init(isJSON: Bool) { self.isJSON = isJSON }

    func show(_ step: WorkStep) {
        guard !isJSON else {
            // What cannot be written as JSON cannot have been read.
            try? Output.json(AdminReply.progress(step))
            return
        }
        let now = ContinuousClock.now
        let isOfAnother = first?.step.phase != step.phase || first?.step.pool != step.pool
        if isOfAnother { first = (step, now) }
        if isTerminal {
            // Back to the beginning of the line, and clear it.
            Output.write("\r\u{1B}[K" + bar(step, now), to: STDOUT_FILENO)
            hasOpenLine = true
        } else if isOfAnother || shown.map({ $0.advanced(by: Self.interval) <= now }) ?? true {
            Output.line(line(step, now))
            shown = now
        }
    }

    /// Makes room for lines of a result; the next step shows the bar again below them.
    func clear() {
        if hasOpenLine { Output.write("\r\u{1B}[K", to: STDOUT_FILENO) }
        hasOpenLine = false
    }

    /// Leaves the terminal as lines are written.
    func finish() {
        if hasOpenLine { Output.line("") }
        hasOpenLine = false
    }

    private func bar(_ step: WorkStep, _ now: ContinuousClock.Instant) -> String {
        guard let total = step.total, total > 0 else { return line(step, now) }
        let filled = Self.barWidth * min(step.done, total) / total
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.barWidth - filled)
        return "[\(bar)] " + line(step, now)
    }

    private func line(_ step: WorkStep, _ now: ContinuousClock.Instant) -> String {
        let start = "pool \(step.pool): \(step.phase.text)"
        guard let unit = step.phase.unit else { return start }
        guard let total = step.total, total > 0 else { return "\(start), \(unit.count(step.done))" }
        let share = 100 * min(step.done, total) / total
        let text = "\(start), \(share) %, \(unit.number(step.done)) of \(unit.count(total))"
        return text + (remaining(step, total, now).map { ", about \(HumanText.duration(seconds: $0)) left" } ?? "")
    }

    /// How long it takes if it goes on as since the first step that was shown.
    private func remaining(_ step: WorkStep, _ total: Int, _ now: ContinuousClock.Instant) -> UInt64? {
        guard let first, step.done > first.step.done else { return nil }
        let seconds = (now - first.time) / .seconds(1)
        let left = seconds * Double(total - step.done) / Double(step.done - first.step.done)
        return left.isFinite && left >= 0 ? UInt64(left.rounded(.up)) : nil
    }
}

/// What a phase counts.
private enum WorkUnit {
    case things(String)
    case thingsOf(String, many: String)
    case bytes

    func count(_ value: Int) -> String {
        switch self {
        case .things(let noun): HumanText.count(value, noun)
        case .thingsOf(let one, let many): "\(HumanText.number(value)) \(value == 1 ? one : many)"
        case .bytes: ByteText.text(value)
        }
    }

    func number(_ value: Int) -> String {
        switch self {
        case .things, .thingsOf: HumanText.number(value)
        case .bytes: ByteText.text(value)
        }
    }
}

extension WorkStep.Phase {
    fileprivate var text: String {
        switch self {
        case .resealing: "sealing by the first key"
        case .compacting: "removing from the disk what was replaced"
        case .importing: "importing"
        case .listing: "looking for sessions"
        case .collecting: "removing what has expired"
        case .ending: "ending sessions"
        case .verifyingRecords: "checking records"
        case .verifyingExpiry: "checking the expiry index"
        case .verifyingGroups: "checking the groups of users"
        case .countingKeys: "finding out which keys it needs"
        case .copying: "copying"
        case .comparing: "comparing"
        }
    }

    /// `nil` where nobody knows how much there is to do.
    fileprivate var unit: WorkUnit? {
        switch self {
        case .resealing, .listing, .collecting, .ending, .verifyingRecords: .things("record")
        case .verifyingExpiry, .verifyingGroups: .thingsOf("entry", many: "entries")
        case .compacting, .countingKeys: nil
        case .copying, .comparing: .bytes
        case .importing: .things("session")
        }
    }
}
