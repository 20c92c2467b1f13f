// SPDX-License-Identifier: Apache-2.0

/// A source of master keys that is refused. Its message says what to do, and never shows key material.
public struct KeySourceError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of refusal it is.
    public struct Code: Hashable, Sendable {
        private let name: String

        /// There is no such file or variable.
        public static let missing = Code(name: "missing")
        /// Others than the owner can get at the key, or its owner is the wrong one.
        public static let permissions = Code(name: "permissions")
        /// Not a regular file, empty, or too large to be a key.
        public static let contents = Code(name: "contents")
        /// What was read are not keys.
        public static let notKeys = Code(name: "not keys")
        /// The system cannot open or read it.
        public static let system = Code(name: "system")
        /// A command did not do what it should.
        public static let command = Code(name: "command")
    }

    /// What kind of refusal it is.
    public let code: Code
    /// What is wrong and what to do.
    public let message: String

    /// Describes a refusal.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }

    /// Refusals are equal when their codes are; the text is for people.
    public static func == (left: KeySourceError, right: KeySourceError) -> Bool { left.code == right.code }
}
