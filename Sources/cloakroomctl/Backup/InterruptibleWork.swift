// SPDX-License-Identifier: Apache-2.0

import CloakroomAdmin
import CloakroomBackup
import CloakroomCore
import Glibc

/// Work on files that shows how far it is, and that Ctrl-C ends in order.
final class InterruptibleWork {
    private enum State {
        // Nothing was begun that would have to be put away.
        case idle
        case working
        case interrupted
    }

    // The signal is taken by another thread.
    private final class Shared: Sendable {
        let state = Locked(State.idle)
    }

    private let shared = Shared()
    private let display: WorkDisplay
    private let interruption: Interruption

    init(isJSON: Bool) throws {
        display = WorkDisplay(isJSON: isJSON)
        interruption = try Interruption { [shared] in
            let isIdle = shared.state.withLock { state in
                defer { state = .interrupted }
                return state == .idle
            }
            if isIdle { _exit(Failure.Status.interrupted.rawValue) }
        }
    }

    func show(_ step: WorkStep) { display.show(step) }

    /// Does the work.
    func run<Result>(_ body: (BackupWork) throws -> Result) throws -> Result {
        shared.state.withLock { if $0 == .idle { $0 = .working } }
        defer {
            display.finish()
            shared.state.withLock { if $0 == .working { $0 = .idle } }
        }
        return try body(
            BackupWork(
                report: { [display] in display.show($0) },
                isInterrupted: { [shared] in shared.state.withLock { $0 == .interrupted } }
            )
        )
    }

    /// Ctrl-C ends the program from now on.
    func finish() {
        display.finish()
        interruption.end()
    }
}
