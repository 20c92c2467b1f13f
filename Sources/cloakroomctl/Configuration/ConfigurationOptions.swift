// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import ArgumentParser
import CloakroomConfiguration
import Glibc

/// Which configuration file is meant.
struct ConfigurationOptions: ParsableArguments {
    @Argument(
        help: "The file; otherwise \(Configuration.defaultFile), or the defaults if there is none.",
        completion: .file(extensions: ["toml"])
    )
    var file: String?

    @OptionGroup var output: OutputOptions

    /// Reads the file. What is wrong with it is shown, with which the command ends.
    func read() throws -> ConfigurationFile {
        do throws(ConfigurationError) {
            return try ConfigurationFile(file)
        } catch {
            let path = file ?? Configuration.defaultFile
            for problem in error.problems { try show(problem, .error, path) }
            if !output.json {
                Output.hint(
                    "\(HumanText.count(error.problems.count, "error")): cloakroomd does not start with this file"
                )
            }
            throw ExitCode(Failure.Status.failed.rawValue)
        }
    }

    /// Shows one thing that is wrong: a program gets it as a result, people as a message.
    func show(_ problem: ConfigurationProblem, _ severity: Severity, _ path: String) throws {
        guard output.json else {
            let text = severity == .warning ? "warning: \(problem.message)\n" : "\(problem.message)\n"
            return Output.write(text, to: STDERR_FILENO)
        }
        try Output.json(Finding(severity: severity, file: path, line: problem.line, message: problem.message))
    }

    /// How bad a finding is.
    enum Severity: String, Encodable {
        /// The daemon does not start with the file.
        case error
        /// The daemon does not find something on this system.
        case warning
    }

    private struct Finding: Encodable {
        let severity: Severity
        let file: String
        let line: Int?
        let message: String
    }
}

extension CompletionKind {
    /// The pools of the configuration, for a shell. Nothing when it cannot be read.
    static let pools = CompletionKind.custom { _, _, _ in (try? ConfigurationFile())?.poolNames ?? [] }
}
