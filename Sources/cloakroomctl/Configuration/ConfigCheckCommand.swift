// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import ArgumentParser
import CloakroomConfiguration

struct ConfigCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what is wrong with the configuration, each with file and line.",
        discussion: """
            The exit status is 1 if the daemon would not start with the file. Users, groups, files and directories that \
            it names and this system does not have are warnings. Keys are not read: \"cloakroomd --check\" does that, as \
            root.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    private struct Result: Encodable {
        let valid: Bool
        let file: String?
        let pools: [String]
        let warnings: Int
    }

    func run() throws {
        let file = try options.read()
        let warnings = SystemCheck.warnings(on: file)
        for warning in warnings { try options.show(warning, .warning, file.path) }
        let pools = file.poolNames
        guard !options.output.json else {
            let path = file.exists ? file.path : nil
            return try Output.json(Result(valid: true, file: path, pools: pools, warnings: warnings.count))
        }
        let text =
            file.exists ? "\(file.path) is valid" : "there is no \(file.path), and all settings have their defaults"
        let end = warnings.isEmpty ? "" : "; \(HumanText.count(warnings.count, "warning"))"
        Output.line("\(text)\(end); pools: \(pools.joined(separator: ", "))")
    }
}
