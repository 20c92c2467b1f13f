// SPDX-License-Identifier: Apache-2.0

/// A configuration that cannot be used. Its message has one line per problem, each with file and line where there is one.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of problem it is.
    public struct Code: Hashable, Sendable {
        private let name: String

        /// The file cannot be read.
        public static let file = Code(name: "file")
        /// The file is not TOML.
        public static let syntax = Code(name: "syntax")
        /// A section or key that does not exist.
        public static let unknownKey = Code(name: "unknown key")
        /// A value of another type than the setting has.
        public static let type = Code(name: "type")
        /// A value that the setting cannot have.
        public static let value = Code(name: "value")
        /// Settings that exclude each other.
        public static let conflict = Code(name: "conflict")
        /// A user or group that does not exist.
        public static let user = Code(name: "user")
    }

    /// What kind of problem it is; of several problems, the first one's.
    public let code: Code
    /// What is wrong and what to do.
    public let message: String
    /// The problems one by one, in the order of the file.
    public let problems: [ConfigurationProblem]

    /// Describes a problem.
    ///
    /// - Parameter line: where it is in the file, which the message says too; `nil`: nowhere in particular.
    public init(_ code: Code, _ message: String, line: Int? = nil) {
        self.code = code
        self.message = message
        problems = [ConfigurationProblem(line: line, message: message)]
    }

    /// Several problems as one error.
    init?(_ errors: [ConfigurationError]) {
        guard let first = errors.first else { return nil }
        code = first.code
        message = errors.map(\.message).joined(separator: "\n")
        problems = errors.flatMap(\.problems)
    }

    /// The message.
    public var description: String { message }

    /// Errors are equal when their codes are; the text is for people.
    public static func == (left: ConfigurationError, right: ConfigurationError) -> Bool { left.code == right.code }
}
