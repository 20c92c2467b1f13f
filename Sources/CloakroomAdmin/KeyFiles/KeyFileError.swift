// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// A key file that cannot be read or written. Its message says what to do, and never shows key material.
public struct KeyFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable {
        private let name: String

        /// There is no such file.
        public static let missing = Code(name: "missing")
        /// There is one already.
        public static let exists = Code(name: "exists")
        /// This user may not.
        public static let permission = Code(name: "permission")
        /// It has no key, is no regular file, or is too large.
        public static let contents = Code(name: "contents")
        /// Somebody else is changing it.
        public static let busy = Code(name: "busy")
        /// The system could not do it.
        public static let system = Code(name: "system")
    }

    /// What kind of failure it is.
    public let code: Code
    /// What was wrong and what to do.
    public let message: String

    /// Describes a failure.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }

    /// Failures are equal when their codes are; the text is for people.
    public static func == (left: KeyFileError, right: KeyFileError) -> Bool { left.code == right.code }

    /// What the system said about a file.
    static func system(_ action: String, _ path: String, _ number: Int32) -> KeyFileError {
        switch number {
        case EACCES, EPERM, EROFS:
            KeyFileError(
                .permission,
                "this user cannot \(action) \(path) (\(SystemMessage.text(number))): run it as root (sudo)"
            )
        case ENOENT, ENOTDIR: KeyFileError(.missing, "cannot \(action) \(path): there is no such file or directory")
        default: KeyFileError(.system, "cannot \(action) \(path): \(SystemMessage.text(number))")
        }
    }
}
