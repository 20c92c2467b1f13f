// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import Glibc

/// Shows how far a rotation is: a bar on a terminal, else a line every few seconds, or each step as JSON.
final class RotationDisplay {
    private static let interval = Duration.seconds(3)
    private static let barWidth = 30

    private let isJSON: Bool
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private var first: (step: RotationStep, time: ContinuousClock.Instant)?
    private var shown: ContinuousClock.Instant?
    private var lastPhase: RotationStep.Phase?
    private var hasOpenLine = false

    init(isJSON: Bool) { self.isJSON = isJSON }

    func show(_ step: RotationStep) {
        guard !isJSON else {
            // What cannot be written as JSON cannot have been read.
            try? Output.json(AdminReply.progress(step))
            return
        }
        let now = ContinuousClock.now
        if first == nil { first = (step, now) }
        if isTerminal {
            // Back to the beginning of the line, and clear it.
            Output.write("\r\u{1B}[K" + bar(step, now), to: STDOUT_FILENO)
            hasOpenLine = true
        } else if step.phase != lastPhase || shown.map({ $0.advanced(by: Self.interval) <= now }) ?? true {
            Output.line(line(step, now))
            shown = now
        }
        lastPhase = step.phase
    }

    /// Leaves the terminal as lines are written.
    func finish() {
        if hasOpenLine { Output.line("") }
        hasOpenLine = false
    }

    private func bar(_ step: RotationStep, _ now: ContinuousClock.Instant) -> String {
        guard step.phase == .resealing, let total = step.total, total > 0 else { return line(step, now) }
        let filled = Self.barWidth * min(step.done, total) / total
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.barWidth - filled)
        return "[\(bar)] " + line(step, now)
    }

    private func line(_ step: RotationStep, _ now: ContinuousClock.Instant) -> String {
        guard step.phase == .resealing else { return "pool \(step.pool): removing from the disk what was replaced" }
        guard let total = step.total, total > 0 else {
            return "pool \(step.pool): \(HumanText.count(step.done, "record")) looked at"
        }
        let share = 100 * min(step.done, total) / total
        let text =
            "pool \(step.pool): \(share) %, \(HumanText.number(step.done)) of \(HumanText.count(total, "record"))"
        return text + (remaining(step, total, now).map { ", about \(HumanText.duration(seconds: $0)) left" } ?? "")
    }

    /// How long it takes if it goes on as since the first step that was shown.
    private func remaining(_ step: RotationStep, _ total: Int, _ now: ContinuousClock.Instant) -> UInt64? {
        guard let first, step.done > first.step.done else { return nil }
        let seconds = (now - first.time) / .seconds(1)
        let left = seconds * Double(total - step.done) / Double(step.done - first.step.done)
        return left.isFinite && left >= 0 ? UInt64(left.rounded(.up)) : nil
    }
}
