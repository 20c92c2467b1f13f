// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// Why a backup was not made, or not restored.
public struct BackupError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable {
        private let name: String

        /// A directory may not be used for this: its owner or mode, where it is, or what is in it.
        public static let directory = Code(name: "directory")
        /// There is no such backup, file or directory.
        public static let missing = Code(name: "missing")
        /// A backup is not as it was written.
        public static let damaged = Code(name: "damaged")
        /// A manifest of another format.
        public static let format = Code(name: "format")
        /// Somebody else is using it: the daemon runs, or another cloakroomctl.
        public static let busy = Code(name: "busy")
        /// The disk is full, or would be.
        public static let space = Code(name: "space")
        /// This user may not.
        public static let permission = Code(name: "permission")
        /// It was interrupted; nothing was changed.
        public static let interrupted = Code(name: "interrupted")
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
    public static func == (left: BackupError, right: BackupError) -> Bool { left.code == right.code }

    /// What the system said.
    ///
    /// - Parameters:
    ///   - action: what was tried, as in "open".
    ///   - path: with which file.
    ///   - number: the error number.
    static func system(_ action: String, _ path: String, _ number: Int32) -> BackupError {
        let text = "cannot \(action) \(path): \(SystemMessage.text(number))"
        return switch number {
        case EACCES, EPERM, EROFS: BackupError(.permission, "\(text); run it as root (sudo)")
        case ENOENT, ENOTDIR: BackupError(.missing, text)
        case ENOSPC, EDQUOT: BackupError(.space, "\(text); free space, and try again")
        default: BackupError(.system, "\(text); check the disk and the kernel log")
        }
    }
}
