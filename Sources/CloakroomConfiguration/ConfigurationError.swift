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

    /// Describes a problem.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Several problems as one error.
    init?(_ problems: [ConfigurationError]) {
        guard let first = problems.first else { return nil }
        self.init(first.code, problems.map(\.message).joined(separator: "\n"))
    }

    /// The message.
    public var description: String { message }

    /// Errors are equal when their codes are; the text is for people.
    public static func == (left: ConfigurationError, right: ConfigurationError) -> Bool { left.code == right.code }
}
