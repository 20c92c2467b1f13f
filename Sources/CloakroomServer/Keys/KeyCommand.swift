// SPDX-License-Identifier: Apache-2.0

import CloakroomCrypto
import Glibc

/// Runs a program whose output is keys, and takes nothing for an answer but output in time and a successful end.
struct KeyCommand {
    /// How much of what a command says of its failure is looked at.
    private static let complaintLimit = 4096
    /// How often a command that has closed its output is asked whether it has ended.
    private static let interval = Duration.milliseconds(2)

    /// The absolute path of the program, and its arguments.
    let arguments: [String]
    /// How long it may take.
    let timeout: Duration

    /// Why a command is not followed any more.
    private enum Outcome {
        case ended(CommandProcess.End)
        case tooMuch
        /// With how the process had ended, if it had, and whether its output was closed.
        case tooSlow(CommandProcess.End?, isOutputClosed: Bool)
    }

    /// The output, in the secure heap, which has to be prepared. All that the command started is gone afterwards.
    ///
    /// - Throws: ``KeySourceError`` unless there is some, `CryptoError` when the secure heap is full.
    func output() throws -> SecureBytes {
        let output = try CommandStream(limit: KeyringText.maximumLength)
        let complaints = try CommandStream(limit: Self.complaintLimit)
        let process = try CommandProcess(
            arguments,
            output: output.writeEnd,
            complaints: complaints.writeEnd,
            withheld: KeyVariables.names
        )
        output.closeWriteEnd()
        complaints.closeWriteEnd()
        let outcome = follow(process, output, complaints)
        process.end()
        if let refusal = refusal(outcome, complaints) { throw refusal }
        guard let contents = try output.buffer.contents() else {
            throw fault("wrote nothing to its standard output, where the key should be", complaints)
        }
        return contents
    }

    private func follow(_ process: CommandProcess, _ output: CommandStream, _ complaints: CommandStream) -> Outcome {
        let deadline = ContinuousClock.now + timeout
        while true {
            // Asked before reading, so that nothing is missed that was written before the end.
            let end = process.status
            let hasMore = output.readOnce()
            _ = complaints.readOnce()
            if output.isOverLimit { return .tooMuch }
            if let end, !hasMore, output.isAtEnd || end != .exited(0) {
                while complaints.buffer.count < complaints.buffer.capacity, complaints.readOnce() {}
                return .ended(end)
            }
            let left = deadline - ContinuousClock.now
            guard left > .zero else { return .tooSlow(end, isOutputClosed: output.isAtEnd) }
            wait(output, complaints, for: output.isAtEnd ? min(left, Self.interval) : left)
        }
    }

    private func wait(_ output: CommandStream, _ complaints: CommandStream, for time: Duration) {
        var entries = [output.pollEntry, complaints.pollEntry]
        let milliseconds = (time / .milliseconds(1)).rounded(.up)
        _ = poll(&entries, nfds_t(entries.count), Int32(milliseconds))
    }

    private func refusal(_ outcome: Outcome, _ complaints: CommandStream) -> KeySourceError? {
        switch outcome {
        case .ended(.exited(0)):
            nil
        case .ended(.exited(let status)):
            fault("failed with exit status \(status)", complaints)
        case .ended(.killed(let signal)):
            fault("was ended by signal \(signal)", complaints)
        case .tooMuch:
            fault("wrote more than \(KeyringText.maximumLength) bytes, too many for keys, and was killed", nil)
        case .tooSlow(.some, _):
            fault(
                "ended, but what it started kept its output open for longer than \(limit), and was killed",
                complaints
            )
        case .tooSlow(nil, isOutputClosed: true):
            fault("closed its output, but ran on for longer than \(limit), and was killed", complaints)
        case .tooSlow(nil, isOutputClosed: false):
            fault("took longer than \(limit), and was killed", complaints)
        }
    }

    private var limit: String { "the \(timeout.components.seconds) s of command_timeout" }

    private func fault(_ what: String, _ complaints: CommandStream?) -> KeySourceError {
        let excerpt = complaints.flatMap { stream in
            stream.buffer.withUnsafeBytes { CommandComplaint.excerpt(of: $0) }
        }
        return KeySourceError(
            .command,
            "the key command \(arguments[0]) \(what)\(excerpt.map { "; it said: \($0)" } ?? ""); "
                + "run it as user id \(geteuid()) to see what is wrong"
        )
    }
}
