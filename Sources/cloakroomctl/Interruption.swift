// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import Glibc

/// What the first Ctrl-C does while it is watched for; the second one ends the process.
final class Interruption: Sendable {
    private let action: @Sendable () throws -> Void
    private let isOver = Locked(false)

    /// Begins to watch. The signal is taken by a thread of its own, so that the action may wait for the daemon.
    init(_ action: @escaping @Sendable () throws -> Void) throws {
        self.action = action
        var signals = Self.signals
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(&thread, nil, { runInterruption($0) }, context)
        guard code == 0 else {
            Unmanaged<Interruption>.fromOpaque(context).release()
            throw CommandError("cannot watch for Ctrl-C: error \(code)")
        }
        pthread_detach(thread)
    }

    /// Does nothing any more at a signal but end the process.
    func end() { isOver.withLock { $0 = true } }

    private static var signals: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        return set
    }

    fileprivate func run() {
        var signals = Self.signals
        var number: Int32 = 0
        sigwait(&signals, &number)
        if isOver.withLock({ $0 }) { _exit(Failure.Status.interrupted.rawValue) }
        Output.hint("interrupting; Ctrl-C again ends this program only")
        do { try action() } catch { Output.hint("the daemon was not interrupted: \(error)") }
        sigwait(&signals, &number)
        _exit(Failure.Status.interrupted.rawValue)
    }
}

private func runInterruption(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<Interruption>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
