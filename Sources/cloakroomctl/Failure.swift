// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomAdmin
import CloakroomBackup
import Glibc

/// The end of a command that did not do what it was told to.
struct Failure {
    /// What the process ends with; `--help`, the manual pages and `docs/operations.md` list them.
    enum Status: Int32 {
        /// It was refused, or tried and failed.
        case failed = 1
        /// The daemon cannot be asked.
        case unreachable = 2
        /// The command line does not say what to do: EX_USAGE of sysexits(3), as ArgumentParser has it.
        case usage = 64
        /// Ctrl-C.
        case interrupted = 130
    }

    private let error: any Error

    init(_ error: any Error) { self.error = error }

    /// Says why, and ends the process.
    func exit() -> Never {
        if Self.isCompletion, !Cloakroomctl.exitCode(for: error).isSuccess { Glibc.exit(Status.failed.rawValue) }
        switch error {
        case let error as CommandError: end(error.message, error.status)
        case let error as AdminClientError:
            end(error.message, Self.unreachable.contains(error.code) ? .unreachable : .failed)
        case let error as KeyFileError: end(error.message, error.code == .permission ? .unreachable : .failed)
        case let error as UsageFailure: end(error)
        case let code as ExitCode: Glibc.exit(code.rawValue)
        case let error as BackupError: end(error.message, Self.status(of: error))
        default:
            // Help and versions are no failures.
            if Cloakroomctl.exitCode(for: error).isSuccess { show(Cloakroomctl.fullMessage(for: error)) }
            if let usage = UsageFailure(error) { end(usage) }
            end("\(error)", .failed)
        }
    }

    /// Whether a shell asks for completions: nothing may be written between what somebody types.
    private static var isCompletion: Bool { CommandLine.arguments.dropFirst().first == "---completion" }

    private static let unreachable: Set<AdminClientError.Code> = [.noDaemon, .permission, .lost]

    private static func status(of error: BackupError) -> Status {
        switch error.code {
        case .permission: .unreachable
        case .interrupted: .interrupted
        default: .failed
        }
    }

    /// What was asked for, and the end.
    private func show(_ text: String) -> Never {
        Output.line(UsageText.wrapped(text))
        Glibc.exit(EXIT_SUCCESS)
    }

    private func end(_ failure: UsageFailure) -> Never {
        Output.failure(failure.message)
        if !Output.isJSON {
            Output.write(failure.usage + (failure.usage.hasSuffix("\n") ? "" : "\n"), to: STDERR_FILENO)
        }
        Glibc.exit(Status.usage.rawValue)
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
