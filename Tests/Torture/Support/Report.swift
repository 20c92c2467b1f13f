// SPDX-License-Identifier: Apache-2.0

import CloakroomProcessKit

/// A scenario that was run: its figures, and why it failed.
struct Report {
    private static let linesOfLog = 15

    let name: String
    let failure: String?
    private let figures: String
    private let seconds: Int

    /// Runs a scenario.
    init(of scenario: any Scenario.Type, scale: Scale, seed: UInt64) {
        name = scenario.name
        Console.line("\n\(name): \(scenario.summary)")
        let clock = ContinuousClock()
        let start = clock.now
        let stage = Stage(name, scale: scale, seed: seed)
        var failure: String?
        do { try scenario.init(stage).run() } catch {
            failure = "\(error)"
            Console.line("  \(name): FAILED: \(error)")
            for daemon in stage.daemons { Self.showEnd(of: daemon.log) }
        }
        self.failure = failure
        stage.clear()
        seconds = Int((clock.now - start) / .seconds(1))
        figures = stage.figures.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
        Console.line("  \(name): \(figures)")
    }

    /// Prints a table of all figures.
    static func summarize(_ reports: [Report]) {
        Console.line("")
        for report in reports {
            let name = report.name.padding(to: 12)
            let verdict = report.failure == nil ? "passed" : "FAILED"
            Console.line("\(name) \(verdict) \("\(report.seconds) s".padding(to: 6)) \(report.figures)")
            if let failure = report.failure { Console.line("\("".padding(to: 12)) \(failure)") }
        }
    }

    private static func showEnd(of log: String) {
        for line in log.split(separator: "\n").suffix(linesOfLog) { Console.line("    | \(line)") }
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(width - count, 0)) }
}
