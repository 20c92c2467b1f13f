// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomAdmin
import CloakroomBackup
import Glibc

/// The end of a command that did not do what it was told to.
struct Failure {
    /// What the process ends with; `--help` and `docs/operations.md` list them.
    enum Status: Int32 {
        /// It was refused, or tried and failed.
        case failed = 1
        /// The daemon cannot be asked.
        case unreachable = 2
        /// Ctrl-C.
        case interrupted = 130
    }

    private let error: any Error

    init(_ error: any Error) { self.error = error }

    /// Says why, and ends the process.
    func exit() -> Never {
        switch error {
        case let error as CommandError: end(error.message, error.status)
        case let error as AdminClientError:
            end(error.message, Self.unreachable.contains(error.code) ? .unreachable : .failed)
        case let error as KeyFileError: end(error.message, error.code == .permission ? .unreachable : .failed)
        case let error as BackupError: end(error.message, Self.status(of: error))
        // Help, versions and wrong usage.
        case is CleanExit, is ExitCode, is ValidationError: Cloakroomctl.exit(withError: error)
        default:
            let isUsage = Cloakroomctl.exitCode(for: error) == .validationFailure
            if isUsage, let hint = CommandSuggestion.text(for: CommandLine.arguments.dropFirst()) { Output.hint(hint) }
            if isUsage || Cloakroomctl.exitCode(for: error).isSuccess { Cloakroomctl.exit(withError: error) }
            end("\(error)", .failed)
        }
    }

    private static let unreachable: Set<AdminClientError.Code> = [.noDaemon, .permission, .lost]

    private static func status(of error: BackupError) -> Status {
        switch error.code {
        case .permission: .unreachable
        case .interrupted: .interrupted
        default: .failed
        }
    }

    private func end(_ message: String, _ status: Status) -> Never {
        Output.failure(message)
        Glibc.exit(status.rawValue)
    }
}

/// Why a command does not do what it was told to.
struct CommandError: Error {
    let message: String
    var status = Failure.Status.failed

    init(_ message: String, status: Failure.Status = .failed) {
        self.message = message
        self.status = status
    }
}
