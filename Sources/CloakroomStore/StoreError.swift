// SPDX-License-Identifier: Apache-2.0

/// A fault of the store: something an operator has to look at. Expected outcomes, such as "no such record", are values.
public struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of fault it is.
    public struct Code: Hashable, Sendable {
        private let name: String

        /// A read or write failed: an I/O error, a read-only file system, a store that is closed.
        public static let inputOutput = Code(name: "input/output")
        /// The disk is full.
        public static let space = Code(name: "space")
        /// Stored data failed the engine's own check.
        public static let corruption = Code(name: "corruption")
        /// The state directory is missing, or its owner or mode is wrong.
        public static let directory = Code(name: "directory")
        /// Another process has the store open.
        public static let busy = Code(name: "busy")
        /// The store was written in a format this version does not read.
        public static let format = Code(name: "format")
        /// The caller's task was cancelled before there was an answer.
        public static let cancelled = Code(name: "cancelled")
    }

    /// What kind of fault it is.
    public let code: Code
    /// What went wrong and what to do, for an operator.
    public let message: String

    /// Describes a fault.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }

    /// Faults are equal when their codes are; the text is for people.
    public static func == (left: StoreError, right: StoreError) -> Bool { left.code == right.code }
}
