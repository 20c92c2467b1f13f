// SPDX-License-Identifier: Apache-2.0

/// One thing that is wrong with a configuration.
public struct ConfigurationProblem: Equatable, Sendable {
    /// The line of the file, counted from 1; `nil`: it is in none.
    public let line: Int?
    /// What is wrong and what to do, with file and line where there is one.
    public let message: String

    /// Describes a problem.
    public init(line: Int?, message: String) {
        self.line = line
        self.message = message
    }
}
