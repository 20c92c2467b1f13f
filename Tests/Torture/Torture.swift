// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomProcessKit
import Foundation

/// The command line of the fault suite (`docs/testing.md`).
@main
struct Torture: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "torture",
        abstract: "Does to cloakroomd what it must survive, and prints figures.",
        discussion: "Starts the cloakroomd that lies beside it. Scenarios:\n"
            + scenarios.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n")
    )

    private static let scenarios: [any Scenario.Type] = [
        CrashScenario.self, TruncationScenario.self, DiskFullScenario.self, RestartScenario.self, StuckScenario.self,
        DestroyScenario.self, DescriptorsScenario.self, ClientsScenario.self, FuzzScenario.self,
        AdministrationScenario.self,
    ]

    @Flag(
        help:
            "Small numbers, in a minute or so. What depends on the speed of the machine is shown, and decides nothing."
    )
    var short = false

    @Option(help: "Run this scenario only; may be given several times.")
    var only: [String] = []

    @Option(help: "The seed of all that is random, to repeat a run.")
    var seed: UInt64 = .random(in: 1...999_999_999)

    func validate() throws {
        for name in only where !Self.scenarios.contains(where: { $0.name == name }) {
            throw ValidationError("there is no scenario \"\(name)\"; see --help")
        }
    }

    func run() throws {
        Interruption.watch()
        Descriptors.raiseLimit()
        let scale = short ? Scale.short : .full
        Console.line("torture: \(scale) form, seed \(seed), \(DaemonProcess.binary)")
        var reports: [Report] = []
        for scenario in Self.scenarios where only.isEmpty || only.contains(scenario.name) {
            reports.append(Report(of: scenario, scale: scale, seed: seed))
            if Interruption.isRequested { throw ExitCode(130) }
        }
        Report.summarize(reports)
        let failed = reports.count { $0.failure != nil }
        if failed > 0 { Console.line("repeat with: --seed \(seed)" + (short ? " --short" : "")) }
        Console.line("\(reports.count - failed) passed, \(failed) failed")
        if failed > 0 { throw ExitCode.failure }
    }
}
